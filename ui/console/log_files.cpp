// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_files.h"

#include "core/base/files.h"

#include <sys/stat.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr unsigned kMostFiles = 100; // core/ipc/upkeep.h
constexpr int kMostRotationsMeanwhile = 8;

} // namespace

LogFiles::LogFiles(std::string path) : m_path(std::move(path)) { }

std::string LogFiles::pathOf(unsigned number) const
{
    return number == 0 ? m_path : m_path + "." + std::to_string(number);
}

Result<LogFiles::Identity> LogFiles::identityOf(int descriptor)
{
    struct stat info { };
    if (::fstat(descriptor, &info) != 0)
        return Error::fromErrno(errno, "stat a log");
    return Identity{ info.st_dev, info.st_ino };
}

bool LogFiles::isAt(unsigned number) const
{
    struct stat info { };
    return ::lstat(pathOf(number).c_str(), &info) == 0 && Identity{ info.st_dev, info.st_ino } == m_identity;
}

Result<std::shared_ptr<const UniqueFd>> LogFiles::openNumber(unsigned number)
{
    // O_NONBLOCK: opening a FIFO in the place of a log must not hang.
    auto file = openPath(pathOf(number), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file)
        return std::move(file).error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + pathOf(number));
    if (!S_ISREG(info.st_mode))
        return Error{ ErrorCode::Unsupported, pathOf(number) + " is not a file", 0, {} };
    return std::make_shared<const UniqueFd>(*std::move(file));
}

Result<std::shared_ptr<const UniqueFd>> LogFiles::openOldest()
{
    unsigned oldest = 0;
    while (oldest + 1 < kMostFiles && exists(pathOf(oldest + 1)))
        ++oldest;
    return openNumber(oldest);
}

Result<std::shared_ptr<const UniqueFd>> LogFiles::next()
{
    auto found = Result<std::shared_ptr<const UniqueFd>>(nullptr);
    if (!m_latest) {
        found = openOldest();
    } else {
        // A rotation moves files up while they are looked for upwards, so none is passed by.
        for (int tries = 0; tries < kMostRotationsMeanwhile; ++tries) {
            unsigned number = 0;
            while (number < kMostFiles && !isAt(number))
                ++number;
            if (number == 0)
                return std::shared_ptr<const UniqueFd>();
            const bool isGone = number == kMostFiles;
            m_hasGap = m_hasGap || (isGone && exists(pathOf(1))); // of a log that keeps one file none is known to lack
            found = isGone ? openOldest() : openNumber(number - 1);
            if (isGone || isAt(number))
                break; // else it was moved meanwhile, and what was opened is not its neighbour
            found = std::shared_ptr<const UniqueFd>();
        }
        if (!found && found.error().code == ErrorCode::NotFound)
            return std::shared_ptr<const UniqueFd>(); // renamed away and not made anew yet
    }
    if (!found || !*found)
        return found;
    auto identity = identityOf((*found)->fd());
    if (!identity)
        return std::move(identity).error();
    m_latest = *found;
    m_identity = *identity;
    return found;
}

} // namespace twinhull
