// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/overlay_disk.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/file_lock.h"
#include "core/images/partial_path.h"
#include "core/vms/making/vm_creation.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kDiskDeadline{ 60 };
/// To be raised with every change of the options below: templates stay.
constexpr const char* kTemplateName = "overlay-10G-1.ext4";

Result<> sizeFile(const UniqueFd& file, off_t bytes)
{
    return ::ftruncate(file.fd(), bytes) == 0 ? Result<>() : Error::fromErrno(errno, "size the writable layer");
}

Result<> makeFileSystem(const std::string& path)
{
    auto file = openPath(path, O_RDWR | O_CREAT | O_EXCL);
    if (!file)
        return std::move(file).error();
    if (auto sized = sizeFile(*file, static_cast<off_t>(kOverlayBytes)); !sized)
        return sized;
    const std::string mke2fs = findExecutable("mke2fs");
    if (mke2fs.empty())
        return Error{ ErrorCode::Unavailable, "mke2fs is not installed", 0, "sudo apt install e2fsprogs" };
    auto made = runChecked({ { mke2fs, "-q", "-F", "-t", "ext4", "-m", "0", "-N", "65536", "-J", "size=4", "-E",
                                 "lazy_itable_init=0,assume_storage_prezeroed=1", path },
                               {}, {} },
        kDiskDeadline);
    return made ? Result<>() : std::move(made).error();
}

/// The path of the template, made once for all VMs of this person.
Result<std::string> requireTemplate(const std::string& folder)
{
    const std::string path = folder + "/" + kTemplateName;
    if (exists(path))
        return path;
    if (auto made = makeFolders(folder); !made)
        return std::move(made).error();
    auto lock = FileLock::acquire(path + ".lock");
    if (!lock)
        return std::move(lock).error();
    if (exists(path)) // another did meanwhile
        return path;
    PartialGuard partial(partialPathFor(path));
    if (auto made = makeFileSystem(partial.path()); !made)
        return std::move(made).error();
    auto file = openPath(partial.path(), O_RDONLY);
    if (!file)
        return std::move(file).error();
    if (::fsync(file->fd()) != 0)
        return Error::fromErrno(errno, "fsync " + partial.path());
    if (std::rename(partial.path().c_str(), path.c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + path);
    partial.keep();
    return path;
}

Result<> copyPiece(const UniqueFd& from, const UniqueFd& to, off_t begin, off_t end)
{
    if (::lseek(to.fd(), begin, SEEK_SET) < 0)
        return Error::fromErrno(errno, "seek");
    while (begin < end) { // sendfile(2) moves `begin` on
        if (::sendfile(to.fd(), from.fd(), &begin, static_cast<std::size_t>(end - begin)) <= 0)
            return Error::fromErrno(errno != 0 ? errno : EIO, "copy");
    }
    return {};
}

Result<> copyPieces(const UniqueFd& from, const UniqueFd& to)
{
    for (off_t hole = 0;;) {
        const off_t data = ::lseek(from.fd(), hole, SEEK_DATA);
        if (data < 0) // lseek(2): ENXIO where only a hole is left
            return errno == ENXIO ? Result<>() : Error::fromErrno(errno, "find what is allocated");
        hole = ::lseek(from.fd(), data, SEEK_HOLE);
        if (hole < 0)
            return Error::fromErrno(errno, "find what is allocated");
        if (auto copied = copyPiece(from, to, data, hole); !copied)
            return copied;
    }
}

} // namespace

Result<> copySparse(const std::string& source, const std::string& target)
{
    auto from = openPath(source, O_RDONLY);
    if (!from)
        return std::move(from).error();
    auto to = openPath(target, O_WRONLY | O_CREAT | O_EXCL);
    if (!to)
        return std::move(to).error();
    if (::ioctl(to->fd(), FICLONE, from->fd()) == 0)
        return {};
    struct stat info { };
    if (::fstat(from->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + source);
    if (auto sized = sizeFile(*to, info.st_size); !sized)
        return sized;
    return copyPieces(*from, *to).withContext("copy " + source);
}

Result<> makeOverlayDisk(const std::string& path, const std::string& folder)
{
    const auto found = requireTemplate(folder);
    if (!found)
        return Error(found.error());
    return copySparse(*found, path);
}

} // namespace twinhull
