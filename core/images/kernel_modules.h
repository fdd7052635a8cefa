// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What a kernel module says of itself (section .modinfo; modinfo(8)). Names have '_' for '-'.
struct ModuleInfo {
    std::vector<std::string> needs;
    std::vector<std::string> wants; ///< softdep "pre:": loaded before where they exist
};

Result<ModuleInfo> readModuleInfo(std::string_view ko);

/// "virtio_rng" for ".../virtio-rng.ko.xz"; empty where the path is no module.
std::string moduleNameOf(std::string_view path);

/// A module file without the signature that the kernel's build put behind it; unchanged where there is none.
std::string_view withoutSignature(std::string_view ko);

/// The modules a VM made from an image needs. `required` ones must exist or be built in.
struct ModuleWishes {
    std::vector<std::string> required;
    std::vector<std::string> optional;
};
ModuleWishes guestModuleWishes();

/// The wished modules and what they need, each after what it needs. Unsupported, by name, where a required one is
/// neither there nor built in.
Result<std::vector<std::string>> loadOrder(
    const std::map<std::string, ModuleInfo>& modules, const std::set<std::string>& builtIn, const ModuleWishes& wishes);

} // namespace twinhull
