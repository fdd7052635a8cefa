// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/open_logs.h"

#include "core/base/files.h"

#include <QFileInfo>

#include <sys/stat.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr int kMostOlderFiles = 100; // core/ipc/upkeep.h
constexpr int kMostAttempts = 100;

bool isSame(const struct stat& one, const struct stat& other)
{
    return one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

bool isSameFile(const QFile& one, const QFile& other)
{
    struct stat here { };
    struct stat there { };
    return ::fstat(one.handle(), &here) == 0 && ::fstat(other.handle(), &there) == 0 && isSame(here, there);
}

/// Null where there is none, as between the steps of a rotation.
Result<OpenLog> openLogAt(const QString& path)
{
    auto fd = openPath(QFile::encodeName(path).toStdString(), O_RDONLY);
    if (!fd && fd.error().sysErrno == ENOENT)
        return OpenLog();
    if (!fd)
        return std::move(fd).error().withContext("read log");
    auto file = std::make_unique<QFile>();
    if (!file->open(fd->release(), QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle))
        return Error{ ErrorCode::Io, "read log " + path.toStdString() + ": " + file->errorString().toStdString(), 0,
            {} };
    return file;
}

/// Newest first, as a rotation moves files the same way: none is passed over, and one that moved along is met twice. A
/// rotation leaves one place empty at a time.
Result<std::vector<OpenLog>> openNewestFirst(const QString& path, const QFile* after)
{
    std::vector<OpenLog> files;
    int missing = 0;
    for (int n = -1; n < kMostOlderFiles && missing < 2; ++n) {
        auto file = openLogAt(n < 0 ? path : path + QStringLiteral(".%1").arg(n));
        if (!file)
            return std::move(file).error();
        if (!*file) {
            missing += n > 0 ? 1 : 0;
            continue;
        }
        missing = 0;
        if (after != nullptr && isSameFile(**file, *after))
            break;
        if (std::none_of(files.begin(), files.end(), [&](const auto& known) { return isSameFile(*known, **file); }))
            files.push_back(*std::move(file));
    }
    return files;
}

} // namespace

Result<std::vector<OpenLog>> openLogs(const QString& path, const QFile* after)
{
    for (int n = 0;; ++n) {
        auto files = openNewestFirst(path, after);
        // what is rotated meanwhile brings newer ones among them, in no order
        if (files && n < kMostAttempts && !files->empty() && !isStillNewest(*files->front(), path))
            continue;
        if (files)
            std::reverse(files->begin(), files->end());
        return files;
    }
}

bool isStillNewest(const QFile& open, const QString& path)
{
    if (isLogAt(open, path))
        return true;
    const auto older = [&](int n) { return path + QStringLiteral(".%1").arg(n); };
    return !QFileInfo::exists(path) && isLogAt(open, older(QFileInfo::exists(older(0)) ? 0 : 1));
}

bool isLogAt(const QFile& open, const QString& path)
{
    struct stat here { };
    struct stat there { };
    return ::fstat(open.handle(), &here) == 0 && ::stat(QFile::encodeName(path).constData(), &there) == 0
        && isSame(here, there);
}

} // namespace twinhull
