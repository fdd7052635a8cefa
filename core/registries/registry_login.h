// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace twinhull {

/// "USER:PASSWORD" in base64, as HTTP's Basic authentication sends it: what skopeo, podman or docker keep for that host
/// (containers-auth.json(5)). `authFile` is the one place to look when it is not empty. Reads files.
std::optional<std::string> keptLogin(const std::string& host, const std::string& authFile);

} // namespace twinhull
