// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/partial_path.h"

#include "core/base/files.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <string_view>

namespace twinhull {

namespace {

constexpr std::string_view kSuffix = ".partial";

/// The process id in "NAME.PID-N.partial" or "NAME.PID.partial"; 0 where there is none.
pid_t makerOf(std::string_view name)
{
    if (!name.ends_with(kSuffix))
        return 0;
    name.remove_suffix(kSuffix.size());
    const auto dot = name.find_last_of('.');
    if (dot == std::string_view::npos)
        return 0;
    pid_t pid = 0;
    const std::string_view number = name.substr(dot + 1);
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), pid);
    return failure == std::errc() && end != number.data() ? pid : 0;
}

bool isGone(pid_t pid)
{
    return ::kill(pid, 0) != 0 && errno == ESRCH;
}

} // namespace

std::string partialPathFor(const std::string& path)
{
    static std::atomic<unsigned> counter = 0;
    return path + "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + std::string(kSuffix);
}

std::vector<std::string> stalePartials(const std::string& folder)
{
    std::vector<std::string> stale;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        const pid_t maker = makerOf(entry->path().filename().string());
        if (maker > 0 && isGone(maker))
            stale.push_back(entry->path().string());
    }
    return stale;
}

Result<> renameNew(const std::string& from, const std::string& to)
{
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return {};
    if (errno == EINVAL && !exists(to) && std::rename(from.c_str(), to.c_str()) == 0)
        return {}; // a file system that cannot
    return Error::fromErrno(errno, "save as " + to);
}

PartialGuard::~PartialGuard()
{
    if (!m_path.empty())
        (void)removeTree(m_path); // tried again by whoever meets it as a stale partial
}

} // namespace twinhull
