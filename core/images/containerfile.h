// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// The images that a Containerfile (Dockerfile) starts from or copies out of, each once, in the order they stand: FROM,
/// "COPY --from" and "RUN --mount=from". Stages of its own and "scratch" are none. ARGs before the first FROM are
/// filled in; `arguments` are KEY=VALUE and go before their defaults. A name that cannot be known before building is
/// left out. Source: containerfile(5).
std::vector<std::string> imagesNamedIn(std::string_view text, const std::vector<std::string>& arguments);

} // namespace twinhull
