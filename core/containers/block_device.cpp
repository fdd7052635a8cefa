// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/block_device.h"

#include "core/base/files.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

namespace twinhull {

Result<DiskNumber> diskNumber(const std::string& path)
{
    struct stat info { };
    if (::stat(path.c_str(), &info) != 0)
        return Error::fromErrno(errno, "disk " + path);
    if (!S_ISBLK(info.st_mode))
        return Error{ ErrorCode::InvalidArgument, "disk " + path + ": not a block device", 0, "lsblk lists them" };
    const DiskNumber number{ major(info.st_rdev), minor(info.st_rdev) };
    const std::string entry
        = "/sys/dev/block/" + std::to_string(number.major) + ':' + std::to_string(number.minor) + "/partition";
    if (exists(entry))
        return Error{ ErrorCode::InvalidArgument, "disk " + path + ": only a part of a disk", 0,
            "Limits are for whole disks: lsblk lists them" };
    return number;
}

} // namespace twinhull
