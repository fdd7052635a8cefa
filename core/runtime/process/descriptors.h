// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <vector>

namespace twinhull::runtime {

/// In a new process, before anything is opened: closes all descriptors but 0 to 2, the `preserved` ones from 3 on and
/// `kept` (-1 in it means nothing). Where that fails the process must not go on: what it inherited would go with it.
Result<> closeDescriptorsExcept(std::vector<int> kept, int preserved);

/// --preserve-fds N: 3 to 3+N-1 must be open.
Result<> requireDescriptors(int preserved);

} // namespace twinhull::runtime
