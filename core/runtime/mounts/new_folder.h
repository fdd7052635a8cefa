// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/mounts/root_fd.h"

#include <string>

namespace twinhull::runtime {

/// The option "fillnew" of a bind mount, an extension of ours: the host's folder `source` is to begin with what the
/// root has at `destination`, with owner and mode, devices left out. It is new, mounted by nobody yet, while the file
/// ".NAME.new" stands beside it; that is locked meanwhile, and gone afterwards. The copy takes the folder's place when
/// it is whole: a killed one is begun again. Nothing happens to a folder that is not new, or not empty.
Result<> fillNewFolder(const RootFd& root, const std::string& source, const std::string& destination);

} // namespace twinhull::runtime
