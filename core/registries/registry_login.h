// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// "USER:PASSWORD" in base64, as HTTP's Basic authentication sends it: what skopeo, podman or docker keep for that host
/// (containers-auth.json(5)). `authFile` is the one place to look when it is not empty. Reads files.
std::optional<std::string> keptLogin(const std::string& host, const std::string& authFile);

/// The registries that a login is kept for in the file that "skopeo login" writes, in the order of their names; at most
/// 1,000, without those whose names are no names of registries. Reads that file.
std::vector<std::string> keptLoginHosts(const std::string& authFile = {});

} // namespace twinhull
