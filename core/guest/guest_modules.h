// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What this machine needs drivers for.
struct GuestHardware {
    bool hasPci = true; ///< else virtio devices hang on virtio-mmio alone
    bool hasNetwork = true;
};

/// The modules of the initramfs in load order, parted by when they are needed: every module costs a signature check,
/// which an emulated CPU feels.
struct ModulePlan {
    std::vector<std::string> beforeEntrypoint;
    std::vector<std::string> afterEntrypoint; ///< the agent's port
};

/// `loadList` is /modules/load: one file name a line, in an order in which every module finds its symbols. Lines with a
/// slash are dropped.
ModulePlan planModules(std::string_view loadList, const GuestHardware& hardware);

/// Loads the files of that folder one after the other; one that is loaded already is success.
Result<> loadModules(const UniqueFd& folder, const std::vector<std::string>& fileNames);

} // namespace twinhull
