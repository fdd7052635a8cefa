// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/monitor_arguments.h"

#include "core/base/ip_subnet.h"
#include "core/ipc/listened_ports.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <arpa/inet.h>

namespace twinhull {

namespace {

constexpr std::size_t kIdLimit = 64;
constexpr std::size_t kPortLimit = 64;
constexpr const char* kUdpEnding = "/udp";

Error invalid(const std::string& what)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, {} };
}

template <typename Number>
Result<Number> numberIn(const std::string& text, const std::string& name, Number least, Number most)
{
    Number number{};
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < least || number > most)
        return invalid(name + ": not a number in range: " + text);
    return number;
}

template <typename Number>
Result<> storeNumber(const std::string& text, const std::string& name, Number least, Number most, Number& out)
{
    auto number = numberIn<Number>(text, name, least, most);
    if (!number)
        return std::move(number).error();
    out = *number;
    return {};
}

Result<> storePath(const std::string& text, const std::string& name, std::string& out)
{
    if (text.empty() || text.front() != '/')
        return invalid(name + ": not an absolute path: " + text);
    out = text;
    return {};
}

bool isId(const std::string& id)
{
    const auto isAllowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
            || c == '.';
    };
    return !id.empty() && id.size() <= kIdLimit && id.front() != '.' && std::all_of(id.begin(), id.end(), isAllowed);
}

constexpr std::array<const char*, 3> kTasks{ "start", "restore", "adopt" };

Result<> storeTask(const std::string& value, MonitorTask& out)
{
    const auto found = std::find(kTasks.begin(), kTasks.end(), value);
    if (found == kTasks.end())
        return invalid("--task: neither start, restore nor adopt: " + value);
    out = static_cast<MonitorTask>(std::distance(kTasks.begin(), found));
    return {};
}

constexpr std::array<const char*, 3> kNetworkModes{ "none", "user", "own" };
constexpr std::array<const char*, 3> kStdio{ "streams", "input", "terminal" };

Result<> storeNetwork(const std::string& value, NetworkMode& out)
{
    const auto found = std::find(kNetworkModes.begin(), kNetworkModes.end(), value);
    if (found == kNetworkModes.end())
        return invalid("--network: neither none, user nor own: " + value);
    out = static_cast<NetworkMode>(std::distance(kNetworkModes.begin(), found));
    return {};
}

Result<> storeStdio(const std::string& value, ContainerStdio& out)
{
    const auto found = std::find(kStdio.begin(), kStdio.end(), value);
    if (found == kStdio.end())
        return invalid("--stdio: neither streams, input nor terminal: " + value);
    out = static_cast<ContainerStdio>(std::distance(kStdio.begin(), found));
    return {};
}

Result<> storeYes(const std::string& value, const std::string& name, bool& out)
{
    if (value != "yes" && value != "no")
        return invalid(name + ": neither yes nor no: " + value);
    out = value == "yes";
    return {};
}

Result<> addPort(const std::string& value, std::vector<PortForward>& ports)
{
    auto port = decodePortForward(value);
    if (!port)
        return std::move(port).error();
    if (ports.size() >= kPortLimit)
        return invalid("--publish: more than " + std::to_string(kPortLimit) + " ports");
    ports.push_back(*port);
    return {};
}

Result<> store(MonitorArguments& out, const std::string& name, const std::string& value)
{
    if (name == "--task")
        return storeTask(value, out.task);
    if (name == "--id") {
        out.id = value;
        return isId(value) ? Result<>() : invalid("--id: not a container id: " + value);
    }
    if (name == "--container-dir")
        return storePath(value, name, out.containerFolder);
    if (name == "--runtime-dir")
        return storePath(value, name, out.runtimeFolder);
    if (name == "--hull")
        return storePath(value, name, out.hullPath);
    if (name == "--network-helper")
        return storePath(value, name, out.networkHelper);
    if (name == "--keeper")
        return storePath(value, name, out.keeperPath);
    if (name == "--keeper-dir")
        return storePath(value, name, out.keeperFolder);
    if (name == "--networks-dir")
        return storePath(value, name, out.networksFolder);
    if (name == "--events-dir")
        return storePath(value, name, out.eventsFolder);
    if (name == "--network")
        return storeNetwork(value, out.network);
    if (name == "--publish")
        return addPort(value, out.ports);
    if (name == "--keep-checkpoint")
        return storeYes(value, name, out.keepsCheckpoint);
    if (name == "--stdio")
        return storeStdio(value, out.stdio);
    if (name == "--stop-signal")
        return storeNumber(value, name, 1, 64, out.stopSignal);
    if (name == "--request-ns")
        return storeNumber<std::int64_t>(
            value, name, 0, std::numeric_limits<std::int64_t>::max(), out.requestNanoseconds);
    if (name == "--unpack-ns")
        return storeNumber<std::int64_t>(
            value, name, 0, std::numeric_limits<std::int64_t>::max(), out.unpackNanoseconds);
    if (name == "--log-limit")
        return storeNumber<std::uint64_t>(value, name, 4096, std::uint64_t{ 1 } << 40U, out.logLimitBytes);
    if (name == "--log-files")
        return storeNumber<unsigned>(value, name, 1, 100, out.logFiles);
    return invalid("unknown option " + name);
}

Result<> checkComplete(const MonitorArguments& arguments)
{
    const std::array<std::pair<const char*, const std::string*>, 4> needed{ {
        { "--id", &arguments.id },
        { "--container-dir", &arguments.containerFolder },
        { "--runtime-dir", &arguments.runtimeFolder },
        { "--hull", &arguments.hullPath },
    } };
    for (const auto& [name, value] : needed) {
        if (value->empty())
            return invalid(std::string("missing option ") + name);
    }
    if (arguments.task != MonitorTask::Adopt && arguments.network != NetworkMode::None
        && arguments.networkHelper.empty())
        return invalid("missing option --network-helper");
    if (arguments.network == NetworkMode::Own
        && (arguments.keeperPath.empty() || arguments.keeperFolder.empty() || arguments.networksFolder.empty()))
        return invalid("missing option --keeper, --keeper-dir or --networks-dir");
    return {};
}

Result<std::string> hostAddressFrom(const std::string& text)
{
    if (text == kLocalhost)
        return text;
    const bool isBracketed = text.starts_with('[') && text.ends_with(']');
    const auto address = IpAddress::parse(isBracketed ? text.substr(1, text.size() - 2) : text);
    if (!address || (address->family == IpFamily::V6) != isBracketed)
        return invalid("port: neither an IPv4 address nor an IPv6 address in brackets: " + text);
    return address->text();
}

} // namespace

bool isOnIpv6(const PortForward& port)
{
    return port.hostAddress.find(':') != std::string::npos;
}

std::string encodePortForward(const PortForward& port)
{
    return (isOnIpv6(port) ? "[" + port.hostAddress + "]" : port.hostAddress) + ":" + std::to_string(port.hostPort)
        + ":" + std::to_string(port.containerPort) + (port.transport == PortTransport::Udp ? kUdpEnding : "");
}

Result<PortForward> decodePortForward(const std::string& whole)
{
    const bool isUdp = whole.ends_with(kUdpEnding);
    const std::string text = isUdp ? whole.substr(0, whole.size() - std::string_view(kUdpEnding).size()) : whole;
    const auto last = text.rfind(':');
    const auto middle = last == std::string::npos || last == 0 ? std::string::npos : text.rfind(':', last - 1);
    if (middle == std::string::npos)
        return invalid("port: not ADDRESS:PORT:PORT: " + text);
    PortForward port;
    port.transport = isUdp ? PortTransport::Udp : PortTransport::Tcp;
    auto address = hostAddressFrom(text.substr(0, middle));
    if (!address)
        return std::move(address).error();
    port.hostAddress = *std::move(address);
    constexpr std::uint16_t kMost = std::numeric_limits<std::uint16_t>::max();
    if (auto done
        = storeNumber<std::uint16_t>(text.substr(middle + 1, last - middle - 1), "port", 1, kMost, port.hostPort);
        !done)
        return std::move(done).error();
    if (auto done = storeNumber<std::uint16_t>(text.substr(last + 1), "port", 1, kMost, port.containerPort); !done)
        return std::move(done).error();
    return port;
}

std::vector<std::string> encodeMonitorArguments(const MonitorArguments& arguments)
{
    std::vector<std::string> all{
        "--task", kTasks[static_cast<std::size_t>(arguments.task)], //
        "--id", arguments.id, //
        "--container-dir", arguments.containerFolder, //
        "--runtime-dir", arguments.runtimeFolder, //
        "--hull", arguments.hullPath, //
        "--network", kNetworkModes[static_cast<std::size_t>(arguments.network)], //
        "--stdio", kStdio[static_cast<std::size_t>(arguments.stdio)], //
        "--stop-signal", std::to_string(arguments.stopSignal), //
        "--request-ns", std::to_string(arguments.requestNanoseconds), //
        "--unpack-ns", std::to_string(arguments.unpackNanoseconds), //
        "--log-limit", std::to_string(arguments.logLimitBytes), //
        "--log-files", std::to_string(arguments.logFiles), //
    };
    if (arguments.keepsCheckpoint)
        all.insert(all.end(), { "--keep-checkpoint", "yes" });
    if (!arguments.eventsFolder.empty())
        all.insert(all.end(), { "--events-dir", arguments.eventsFolder });
    if (!arguments.networkHelper.empty())
        all.insert(all.end(), { "--network-helper", arguments.networkHelper });
    if (arguments.network == NetworkMode::Own)
        all.insert(all.end(),
            { "--keeper", arguments.keeperPath, "--keeper-dir", arguments.keeperFolder, "--networks-dir",
                arguments.networksFolder });
    for (const auto& port : arguments.ports)
        all.insert(all.end(), { "--publish", encodePortForward(port) });
    return all;
}

Result<MonitorArguments> decodeMonitorArguments(const std::vector<std::string>& arguments)
{
    MonitorArguments out;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        if (i + 1 == arguments.size())
            return invalid("option without a value: " + arguments[i]);
        if (auto stored = store(out, arguments[i], arguments[i + 1]); !stored)
            return std::move(stored).error();
    }
    if (auto complete = checkComplete(out); !complete)
        return std::move(complete).error();
    return out;
}

} // namespace twinhull
