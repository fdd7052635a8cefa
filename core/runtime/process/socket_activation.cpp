// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/socket_activation.h"

#include "core/base/text.h"
#include "core/runtime/process/environment.h"

#include <unistd.h>

#include <cstdlib>

namespace twinhull::runtime {

namespace {

constexpr std::uint64_t kMostDescriptors = 65'535;

std::string variable(const char* name)
{
    const char* text = std::getenv(name);
    return text != nullptr ? text : "";
}

} // namespace

SocketActivation SocketActivation::fromEnvironment()
{
    const auto count = parseNumber(variable("LISTEN_FDS"));
    const auto pid = parseNumber(variable("LISTEN_PID"));
    const bool isForUs = count && pid && *pid == static_cast<std::uint64_t>(::getpid());
    if (!isForUs || *count > kMostDescriptors)
        return {};
    return { static_cast<int>(*count), variable("LISTEN_FDNAMES") };
}

void announce(const SocketActivation& activation, std::vector<std::string>& environment)
{
    if (activation.descriptors == 0)
        return;
    setVariable(environment, "LISTEN_FDS=" + std::to_string(activation.descriptors));
    setVariable(environment, "LISTEN_PID=" + std::to_string(::getpid())); // as the container counts
    if (!activation.names.empty())
        setVariable(environment, "LISTEN_FDNAMES=" + activation.names);
}

} // namespace twinhull::runtime
