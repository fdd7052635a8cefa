// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/isolation/isolation_reader.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/isolation/device_list.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>

#include <sys/utsname.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr std::array kNamespaces{ "user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time" };
constexpr std::size_t kStatusLimitBytes = 64U << 10U;
constexpr std::size_t kMountsLimitBytes = 4U << 20U;

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

std::uint64_t numberIn(std::string_view text, int base)
{
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

/// "effective" is the second of four: real, effective, saved, of the file system.
std::uint32_t effectiveUser(std::string_view field)
{
    const auto second = field.find('\t');
    return second == std::string_view::npos ? 0 : static_cast<std::uint32_t>(numberIn(field.substr(second + 1), 10));
}

SeccompMode seccompOf(std::string_view field)
{
    if (field == "2")
        return SeccompMode::Filter;
    return field == "1" ? SeccompMode::Strict : SeccompMode::Off;
}

std::vector<NamespaceLink> namespacesOf(const std::string& folder)
{
    std::vector<NamespaceLink> links;
    for (const char* name : kNamespaces) {
        std::array<char, 64> target{}; // "NAME:[INODE]"
        const auto length = ::readlink((folder + "/ns/" + name).c_str(), target.data(), target.size());
        const std::string_view text(target.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
        const auto bracket = text.find('[');
        if (bracket != std::string_view::npos)
            links.push_back({ name, numberIn(text.substr(bracket + 1), 10) });
    }
    return links;
}

int knownCapabilities()
{
    const auto text = readFile("/proc/sys/kernel/cap_last_cap", 64);
    const auto last = text ? parseNumber(trimmed(*text)) : Result<std::uint64_t>(0);
    return last ? static_cast<int>(*last) + 1 : 0;
}

/// Empty where no such module is in force: then the file is not there, or reading it is refused.
std::string securityLabelOf(const std::string& folder)
{
    auto label = readFile(folder + "/attr/current", 4096);
    if (!label)
        return {};
    while (!label->empty() && (label->back() == '\0' || label->back() == '\n'))
        label->pop_back();
    return *std::move(label);
}

Result<IsolationView> readView(const std::string& folder)
{
    auto status = readFile(folder + "/status", kStatusLimitBytes);
    if (!status)
        return std::move(status).error().withContext("read isolation");
    IsolationView view;
    utsname kernel{};
    (void)::uname(&kernel); // cannot fail with a valid address
    view.kernelRelease = kernel.release;
    if (const auto boot = readFile("/proc/sys/kernel/random/boot_id", 256))
        view.bootId = trimmed(*boot);
    view.namespaces = namespacesOf(folder);
    view.userId = effectiveUser(fieldOf(*status, "Uid"));
    view.capabilities = numberIn(fieldOf(*status, "CapEff"), 16);
    view.knownCapabilities = knownCapabilities();
    view.seccomp = seccompOf(fieldOf(*status, "Seccomp"));
    if (const auto filters = fieldOf(*status, "Seccomp_filters"); !filters.empty())
        view.seccompFilters = static_cast<unsigned>(numberIn(filters, 10));
    view.hasNoNewPrivileges = fieldOf(*status, "NoNewPrivs") == "1";
    view.securityLabel = securityLabelOf(folder);
    auto mounts = readFile(folder + "/mountinfo", kMountsLimitBytes);
    if (!mounts)
        return std::move(mounts).error().withContext("read isolation");
    view.mounts = mountsFrom(*mounts);
    return view;
}

/// Blanks in a path are written as three octal digits after a backslash (proc(5)).
std::string unescaped(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 3 >= text.size()) {
            plain += text[i];
            continue;
        }
        plain += static_cast<char>(numberIn(text.substr(i + 1, 3), 8));
        i += 3;
    }
    return plain;
}

bool hasReadOnly(std::string_view options)
{
    return options == "ro" || options.starts_with("ro,");
}

std::vector<std::string_view> wordsOf(std::string_view line)
{
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const auto end = std::min(line.find(' '), line.size());
        if (end > 0)
            words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

} // namespace

std::vector<MountPoint> mountsFrom(std::string_view mountinfo)
{
    constexpr std::size_t kRoot = 3; // within its file system
    constexpr std::size_t kTarget = 4;
    constexpr std::size_t kOptions = 5;
    std::vector<MountPoint> mounts;
    while (!mountinfo.empty() && mounts.size() < kIsolationListLimit) {
        const auto end = std::min(mountinfo.find('\n'), mountinfo.size());
        const auto words = wordsOf(mountinfo.substr(0, end));
        mountinfo.remove_prefix(std::min(end + 1, mountinfo.size()));
        const auto dash = std::find(words.begin(), words.end(), std::string_view("-")); // ends the optional fields
        if (dash - words.begin() <= static_cast<std::ptrdiff_t>(kOptions) || words.end() - dash < 4)
            continue;
        const bool isMask = words[kRoot] == "/null" && (dash[1] == "devtmpfs" || dash[1] == "tmpfs");
        mounts.push_back(MountPoint{ unescaped(words[kTarget]), std::string(dash[1]),
            hasReadOnly(words[kOptions]) || hasReadOnly(dash[3]), isMask });
    }
    return mounts;
}

Result<IsolationView> readOwnView()
{
    auto view = readView("/proc/self");
    if (!view)
        return view;
    view->visibleProcesses = countProcesses("/proc");
    view->devices = deviceNodesBelow("/dev");
    return view;
}

Result<IsolationView> readViewOf(pid_t pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    auto view = readView(folder);
    if (view)
        view->devices = openDevices(folder + "/fd");
    return view;
}

} // namespace twinhull
