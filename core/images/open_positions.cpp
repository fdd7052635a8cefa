// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/open_positions.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

namespace twinhull {

namespace {

/// Children belong to the thread that forked them (proc(5), /proc/PID/task/TID/children).
std::vector<std::string> childrenOfThisThread()
{
    const auto text = readFile("/proc/self/task/" + std::to_string(::syscall(SYS_gettid)) + "/children");
    std::istringstream words(text ? *text : std::string());
    std::vector<std::string> children;
    for (std::string word; words >> word;)
        children.push_back(word);
    return children;
}

std::uint64_t positionIn(const std::string& fdInfo)
{
    constexpr std::string_view kLead = "pos:";
    const auto text = readFile(fdInfo);
    if (!text || !text->starts_with(kLead))
        return 0;
    const auto end = std::min(text->find('\n'), text->size());
    const auto number = parseNumber(trimmed(std::string_view(*text).substr(kLead.size(), end - kLead.size())));
    return number ? *number : 0;
}

} // namespace

std::map<std::string, std::uint64_t> openPositionsBelow(const std::string& folder)
{
    std::map<std::string, std::uint64_t> positions;
    for (const auto& child : childrenOfThisThread()) {
        const std::string process = "/proc/" + child;
        std::error_code failure; // of a process that ended, or a descriptor that was closed
        for (std::filesystem::directory_iterator entry(process + "/fd", failure), end; !failure && entry != end;
             entry.increment(failure)) {
            std::error_code gone;
            const std::string path = std::filesystem::read_symlink(entry->path(), gone).string();
            if (gone || !path.starts_with(folder + "/"))
                continue;
            auto& position = positions[path];
            position = std::max(position, positionIn(process + "/fdinfo/" + entry->path().filename().string()));
        }
    }
    return positions;
}

} // namespace twinhull
