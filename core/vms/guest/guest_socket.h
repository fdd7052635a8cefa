// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <QString>

namespace twinhull {

/// Connects to QEMU's end of a port of guest-init's. The socket does not block.
Result<UniqueFd> connectToGuest(const QString& socketPath);

} // namespace twinhull
