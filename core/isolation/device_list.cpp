// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/isolation/device_list.h"

#include "core/isolation/isolation_view.h"

#include <algorithm>
#include <array>
#include <climits>
#include <memory>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

namespace twinhull {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

/// False where the folder cannot be read. `see` gets the name of each entry.
template <typename See>
bool eachEntry(const std::string& path, const See& see)
{
    const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
    if (!folder)
        return false;
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..")
            see(name);
    }
    return true;
}

bool isDevice(const struct stat& status)
{
    return S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode);
}

void addNodes(const std::string& folder, int depth, std::vector<std::string>& nodes)
{
    (void)eachEntry(folder, [&](const std::string& name) { // a folder that is gone or closed holds nothing to be used
        const std::string path = folder + "/" + name;
        struct stat status { };
        if (nodes.size() >= kIsolationListLimit || ::lstat(path.c_str(), &status) != 0)
            return;
        if (isDevice(status))
            nodes.push_back(path);
        else if (S_ISDIR(status.st_mode) && depth > 0)
            addNodes(path, depth - 1, nodes);
    });
}

bool isHarmless(std::string_view path)
{
    constexpr std::array kHarmless{ "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
        "/dev/ptmx" };
    return path.starts_with("/dev/pts/") || std::find(kHarmless.begin(), kHarmless.end(), path) != kHarmless.end();
}

} // namespace

std::vector<std::string> deviceNodesBelow(const std::string& folder)
{
    std::vector<std::string> nodes;
    addNodes(folder, 1, nodes);
    std::sort(nodes.begin(), nodes.end());
    return nodes;
}

std::optional<std::vector<std::string>> openDevices(const std::string& fdFolder)
{
    std::vector<std::string> nodes;
    const bool isRead = eachEntry(fdFolder, [&](const std::string& name) {
        const std::string link = fdFolder + "/" + name;
        std::array<char, PATH_MAX> target{};
        struct stat status { };
        const auto length = ::readlink(link.c_str(), target.data(), target.size());
        if (length <= 0 || ::stat(link.c_str(), &status) != 0 || !isDevice(status))
            return;
        const std::string_view path(target.data(), static_cast<std::size_t>(length));
        if (path.starts_with("/dev/") && !isHarmless(path) && nodes.size() < kIsolationListLimit)
            nodes.emplace_back(path);
    });
    if (!isRead)
        return std::nullopt;
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    return nodes;
}

std::optional<unsigned> countProcesses(const std::string& proc)
{
    unsigned count = 0;
    const bool isRead = eachEntry(proc, [&count](const std::string& name) {
        if (name.find_first_not_of("0123456789") == std::string::npos)
            ++count;
    });
    return isRead ? std::optional(count) : std::nullopt;
}

} // namespace twinhull
