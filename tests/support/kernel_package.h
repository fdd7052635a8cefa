// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <QString>

#include <sys/file.h>

namespace twinhull::test {

/// The path of Debian's cloud kernel package, fetched once per build folder and shared by all tests. Call it as
/// sharedKernelPackage(TH_SOURCE_DIR, TH_BUILD_DIR).
inline Result<QString> sharedKernelPackage(const std::string& sourceFolder, const std::string& buildFolder)
{
    const std::string folder = buildFolder + "/kernel";
    if (auto made = makeFolders(folder, 0755); !made)
        return std::move(made).error();
    auto lock = openPath(folder + "/.lock", O_RDWR | O_CREAT);
    if (!lock)
        return std::move(lock).error();
    if (::flock(lock->fd(), LOCK_EX) != 0) // given back when the descriptor closes
        return Error::fromErrno(errno, "lock " + folder);
    auto path
        = runChecked({ { sourceFolder + "/installer/fetch-kernel.sh", folder }, {}, {} }, std::chrono::minutes(5));
    if (!path)
        return std::move(path).error();
    return QString::fromStdString(*path).trimmed();
}

} // namespace twinhull::test
