// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_disks.h"

#include "core/base/files.h"

#include <dirent.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace twinhull {

namespace {

struct EarlyMount {
    const char* source;
    const char* target;
    const char* type;
    unsigned long flags;
    const char* options;
};

Result<> mountOne(const EarlyMount& point)
{
    if (::mkdir(point.target, 0755) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, std::string("make ") + point.target);
    if (::mount(point.source, point.target, point.type, point.flags, point.options) != 0)
        return Error::fromErrno(errno, std::string("mount ") + point.type + " on " + point.target);
    return {};
}

struct DirCloser {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

std::string serialOf(const std::string& folder)
{
    auto text = readFile(folder + "/serial", 256);
    if (!text)
        return {};
    while (!text->empty() && text->back() == '\n')
        text->pop_back();
    return *text;
}

Result<> mountImageAndLayer(const std::string& imageDevice, const std::string& overlayDevice)
{
    const std::array points{
        EarlyMount{ imageDevice.c_str(), "/lower", "erofs", MS_RDONLY, nullptr },
        // noinit_itable: the host's file is sparse, so the tables are zero already
        EarlyMount{ overlayDevice.c_str(), "/layer", "ext4", 0, "noinit_itable" },
    };
    for (const EarlyMount& point : points) {
        if (auto mounted = mountOne(point); !mounted)
            return mounted;
    }
    for (const char* folder : { "/layer/upper", "/layer/work" }) {
        if (::mkdir(folder, 0755) != 0 && errno != EEXIST)
            return Error::fromErrno(errno, std::string("make ") + folder);
    }
    return mountOne(
        { "overlay", "/newroot", "overlay", 0, "lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work" });
}

Result<> moveInto(const char* from, const std::string& target)
{
    if (::mkdir(target.c_str(), 0755) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "make " + target);
    if (::mount(from, target.c_str(), nullptr, MS_MOVE, nullptr) != 0)
        return Error::fromErrno(errno, "move " + std::string(from) + " to " + target);
    return {};
}

/// The initramfs is RAM that the guest would keep for good.
void emptyInitramfs()
{
    (void)::unlink("/init"); // a file that is busy or missing costs a few pages, nothing else
}

Result<> switchRoot()
{
    for (const char* folder : { "/dev", "/proc", "/sys" }) {
        if (auto moved = moveInto(folder, std::string("/newroot") + folder); !moved)
            return moved;
    }
    emptyInitramfs();
    if (::chdir("/newroot") != 0 || ::mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 || ::chroot(".") != 0
        || ::chdir("/") != 0)
        return Error::fromErrno(errno, "switch to the image's root");
    return {};
}

} // namespace

Result<> mountKernelFolders()
{
    constexpr unsigned long kStrict = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    const std::array points{
        EarlyMount{ "proc", "/proc", "proc", kStrict, nullptr },
        EarlyMount{ "sysfs", "/sys", "sysfs", kStrict, nullptr },
        EarlyMount{ "devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755" },
    };
    for (const EarlyMount& point : points) {
        if (auto mounted = mountOne(point); !mounted)
            return mounted;
    }
    return {};
}

Result<std::string> diskBySerial(const std::string& sysBlock, const std::string& serial)
{
    const std::unique_ptr<DIR, DirCloser> folder(::opendir(sysBlock.c_str()));
    if (!folder)
        return Error::fromErrno(errno, "open " + sysBlock);
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string name = entry->d_name;
        if (name.front() != '.' && serialOf(sysBlock + "/" + name) == serial)
            return "/dev/" + name;
    }
    return Error{ ErrorCode::NotFound, "no disk has the serial number " + serial, 0, {} };
}

Result<> enterRoot(const std::string& imageDevice, const std::string& overlayDevice)
{
    if (auto mounted = mountImageAndLayer(imageDevice, overlayDevice); !mounted)
        return mounted;
    if (auto switched = switchRoot(); !switched)
        return switched;
    constexpr unsigned long kStrict = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    const std::array points{
        EarlyMount{ "devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620" },
        EarlyMount{ "shm", "/dev/shm", "tmpfs", kStrict, "mode=1777,size=65536k" },
        EarlyMount{ "cgroup", "/sys/fs/cgroup", "cgroup2", kStrict, nullptr },
    };
    for (const EarlyMount& point : points) {
        if (auto mounted = mountOne(point); !mounted)
            return mounted;
    }
    (void)mountOne({ "mqueue", "/dev/mqueue", "mqueue", kStrict, nullptr }); // kernels may be built without
    for (const auto& [target, link] : { std::pair{ "/proc/self/fd", "/dev/fd" }, { "fd/0", "/dev/stdin" },
             { "fd/1", "/dev/stdout" }, { "fd/2", "/dev/stderr" } })
        (void)!::symlink(target, link); // may be there
    return {};
}

} // namespace twinhull
