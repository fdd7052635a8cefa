// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/isolation_facts.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <array>
#include <bit>
#include <charconv>
#include <climits>

#include <unistd.h>

namespace twinhull {

namespace {

constexpr std::array kNamespaces = { "user", "mnt", "pid", "net", "ipc", "uts", "cgroup" };

std::string linkTarget(const std::string& path)
{
    std::array<char, PATH_MAX> target{};
    const auto length = ::readlink(path.c_str(), target.data(), target.size());
    return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

/// The value of "Name:\tvalue" in /proc/PID/status; empty when the kernel has no such line.
std::string_view fieldOf(std::string_view status, std::string_view name)
{
    const std::string start = "\n" + std::string(name) + ":";
    const auto at = status.find(start);
    if (at == std::string_view::npos)
        return {};
    const auto value = status.substr(at + start.size());
    return trimmed(value.substr(0, value.find('\n')));
}

std::uint64_t hexadecimal(std::string_view text)
{
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

int knownCapabilities()
{
    const auto text = readFile("/proc/sys/kernel/cap_last_cap", 64);
    const auto last = text ? parseNumber(trimmed(*text)) : Result<std::uint64_t>(0);
    return last ? static_cast<int>(*last) + 1 : 0;
}

IsolationFacts::Seccomp seccompOf(std::string_view field)
{
    if (field == "2")
        return IsolationFacts::Seccomp::Filter;
    return field == "1" ? IsolationFacts::Seccomp::Strict : IsolationFacts::Seccomp::Off;
}

} // namespace

Result<IsolationFacts> readIsolationFacts(pid_t pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    auto status = readFile(folder + "/status", 64U << 10U);
    if (!status)
        return std::move(status).error().withContext("read isolation");
    IsolationFacts facts;
    for (const char* name : kNamespaces) {
        const std::string theirs = linkTarget(folder + "/ns/" + name);
        if (!theirs.empty() && theirs != linkTarget(std::string("/proc/self/ns/") + name))
            facts.ownNamespaces << QString::fromLatin1(name);
    }
    facts.capabilities = std::popcount(hexadecimal(fieldOf(*status, "CapEff")));
    facts.knownCapabilities = knownCapabilities();
    facts.seccomp = seccompOf(fieldOf(*status, "Seccomp"));
    facts.hasNoNewPrivileges = fieldOf(*status, "NoNewPrivs") == "1";
    return facts;
}

} // namespace twinhull
