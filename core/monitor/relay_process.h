// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <functional>

namespace twinhull {

/// What port-relay does, by what `given` brings (core/ipc/relay_words.h): passes on until the process that it lives for
/// has ended. `onReady` hears when it does.
Result<> runPortRelay(UniqueFd given, const std::function<void()>& onReady);

} // namespace twinhull
