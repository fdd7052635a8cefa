// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/process/container_making.h"
#include "core/runtime/process/foreground.h"

namespace twinhull::hull {

enum class AtEnd { Delete, Keep };

/// Stays with a container that runs until it ends, then takes it away. `foreground` was made before it; `notices` are
/// looked after meanwhile. Returns its exit status.
Result<int> attendToEnd(
    runtime::Foreground& foreground, runtime::MadeContainer& made, AtEnd atEnd, const runtime::Watched& notices = {});

} // namespace twinhull::hull
