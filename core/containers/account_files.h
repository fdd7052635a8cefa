// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"
#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// A file of the image's /etc, with a line more.
struct AccountFile {
    const char* name; ///< "passwd" or "group"
    std::string text;
};

/// `passwd` with an account of that name, no password and that home, unless it lists the id: programs look there for a
/// name (getpwuid(3)). Where the name is taken or cannot be one it is "user" and the number.
std::string passwdWith(std::string_view passwd, const KeptIds& ids, const std::string& name, const std::string& home);
std::string groupWith(std::string_view group, std::uint32_t id, const std::string& name);

/// For containers in which the person is `kept`: those files of the unpacked layers, highest first, that do not list
/// them, with them.
Result<std::vector<AccountFile>> accountFilesFor(
    const KeptIds& kept, const std::string& home, const std::vector<std::string>& layers);

} // namespace twinhull
