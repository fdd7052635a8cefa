// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// How a registry is reached; the rest (mirrors, certificates, registries without TLS) is said by skopeo's own
/// configuration: containers-registries.conf(5), containers-certs.d(5), containers-auth.json(5).
struct RegistryAccess {
    std::optional<bool> verifiesTls; ///< none: as configured
    std::string authFile; ///< empty: skopeo's own
};

/// One run of skopeo(1).
struct SkopeoCall {
    std::vector<std::string> arguments; ///< the verb and what follows
    std::string workingFolder = {}; ///< empty: ours
    std::string input = {}; ///< for its standard input: a password
    std::chrono::seconds deadline = std::chrono::hours(24);
    std::function<bool()> isCancelled = {}; ///< asked five times a second
    std::function<void(std::string_view)> line = {}; ///< of what it says while it works
};

/// What it wrote to standard output. Errors have a code that tells what kind of trouble it is, skopeo's words as the
/// cause and a next step; `host` is the registry they name. Blocks.
Result<std::string> runSkopeo(const SkopeoCall& call, const std::string& host = {});

/// "--src-tls-verify=false" and such, for a verb that knows `prefix` ("src-", "dest-" or "").
std::vector<std::string> accessArguments(const RegistryAccess& access, const std::string& prefix);

/// True for what another try may mend: broken connections, a server that is silent or busy.
bool isPassingTrouble(const Error& error);

/// The error that skopeo's standard error tells.
Error skopeoError(std::string_view standardError, const std::string& host);

} // namespace twinhull
