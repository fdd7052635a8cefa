// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project_quota.h"

#include "core/base/files.h"

#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

constexpr long kQuotactlFd = 443; // quotactl_fd(2), Linux 5.14; not in each C library's headers
constexpr int kProjects = 2; // PRJQUOTA
constexpr std::uint32_t kFirstProject = 0x7468'0000; // apart from those that people number by hand
constexpr std::uint32_t kProjects16 = 0x1'0000;
constexpr std::uint64_t kQuotaBlockBytes = 1024; // QIF_DQBLKSIZE

int askQuota(const UniqueFd& folder, unsigned command, std::uint32_t project, void* answer)
{
    return static_cast<int>(::syscall(kQuotactlFd, folder.fd(), QCMD(command, kProjects), project, answer));
}

Error noLimits(const std::string& why, int number)
{
    return Error{ ErrorCode::Unsupported,
        "a size limit needs a file system with project quotas (ext4 or XFS, mount option prjquota) and root: " + why,
        number, "Make the volume without a size, or mount the data folder's file system with prjquota, as root" };
}

/// What the kernel says of a file system without quotas is nothing for people: "Function not implemented".
Error noAnswer(int number)
{
    if (number == ENOSYS || number == ESRCH || number == EOPNOTSUPP || number == ENOTTY)
        return noLimits("this one has none", number);
    if (number == EPERM || number == EACCES)
        return noLimits("this program is not root", number);
    const char* text = ::strerrordesc_np(number);
    return noLimits(text != nullptr ? text : "its kernel does not answer", number);
}

Result<if_dqblk> quotaOf(const UniqueFd& folder, std::uint32_t project)
{
    if_dqblk quota{};
    if (askQuota(folder, Q_GETQUOTA, project, &quota) == 0)
        return quota;
    if (errno == ENOENT) // XFS, of a project that nobody has named yet
        return if_dqblk{};
    return noAnswer(errno);
}

Result<> setLimit(const UniqueFd& folder, std::uint32_t project, std::uint64_t blocks)
{
    if_dqblk quota{};
    quota.dqb_bhardlimit = blocks;
    quota.dqb_bsoftlimit = blocks;
    quota.dqb_valid = QIF_BLIMITS;
    if (askQuota(folder, Q_SETQUOTA, project, &quota) == 0)
        return {};
    return Error::fromErrno(errno, "set the limit of a project");
}

Result<> setProject(const UniqueFd& folder, std::uint32_t project)
{
    fsxattr attributes{};
    if (::ioctl(folder.fd(), FS_IOC_FSGETXATTR, &attributes) != 0)
        return Error::fromErrno(errno, "read the project of a folder");
    attributes.fsx_projid = project;
    attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
    if (::ioctl(folder.fd(), FS_IOC_FSSETXATTR, &attributes) != 0)
        return Error::fromErrno(errno, "set the project of a folder");
    return {};
}

/// Folders of other people begin elsewhere, so that two programs do not look at one number at once.
std::uint32_t firstTry(const UniqueFd& folder)
{
    struct stat info { };
    (void)::fstat(folder.fd(), &info); // of a descriptor that is open: cannot fail
    return static_cast<std::uint32_t>(info.st_ino % kProjects16);
}

Result<std::uint32_t> freeProject(const UniqueFd& folder)
{
    const std::uint32_t first = firstTry(folder);
    for (std::uint32_t i = 0; i < kProjects16; ++i) {
        const std::uint32_t project = kFirstProject + (first + i) % kProjects16;
        const auto quota = quotaOf(folder, project);
        if (!quota)
            return quota.error();
        if (quota->dqb_bhardlimit == 0 && quota->dqb_curspace == 0 && quota->dqb_curinodes == 0)
            return project;
    }
    return Error{ ErrorCode::OutOfSpace, "all project numbers of this file system are taken", 0,
        "Remove volumes that have a size" };
}

} // namespace

Result<> checkLimitsOf(const UniqueFd& folder)
{
    fs_quota_stat state{};
    if (askQuota(folder, Q_XGETQSTAT, 0, &state) != 0)
        return noAnswer(errno);
    if ((state.qs_flags & FS_QUOTA_PDQ_ENFD) == 0)
        return noLimits("it counts no projects, or does not hold their limits", 0);
    if (const auto first = quotaOf(folder, kFirstProject); !first) // who may not read may not set either
        return first.error();
    return {};
}

Result<> limitFolder(const UniqueFd& folder, std::uint64_t bytes)
{
    if (auto possible = checkLimitsOf(folder); !possible)
        return possible;
    const auto project = freeProject(folder);
    if (!project)
        return project.error();
    const std::uint64_t blocks = bytes / kQuotaBlockBytes + (bytes % kQuotaBlockBytes == 0 ? 0 : 1);
    auto done = setLimit(folder, *project, blocks); // first: a number that has one is taken
    if (!done)
        return done;
    done = setProject(folder, *project);
    if (!done)
        (void)setLimit(folder, *project, 0); // the first error is the one to tell
    return done;
}

Result<std::optional<FolderLimit>> limitOf(const UniqueFd& folder)
{
    const std::uint32_t project = projectOf(folder);
    if (project == 0)
        return std::optional<FolderLimit>();
    if (auto possible = checkLimitsOf(folder); !possible)
        return std::move(possible).error();
    const auto quota = quotaOf(folder, project);
    if (!quota)
        return quota.error();
    return std::optional(FolderLimit{ quota->dqb_bhardlimit * kQuotaBlockBytes, quota->dqb_curspace });
}

Result<> joinProjectOf(const UniqueFd& folder, const UniqueFd& other)
{
    const std::uint32_t project = projectOf(other);
    return project == 0 ? Result<>() : setProject(folder, project);
}

std::uint32_t projectOf(const UniqueFd& folder)
{
    fsxattr attributes{};
    if (::ioctl(folder.fd(), FS_IOC_FSGETXATTR, &attributes) != 0) // a file system that has none
        return 0;
    return (attributes.fsx_xflags & FS_XFLAG_PROJINHERIT) != 0 ? attributes.fsx_projid : 0;
}

Result<> forgetProject(const UniqueFd& place, std::uint32_t project)
{
    const bool isOurs = project >= kFirstProject && project - kFirstProject < kProjects16;
    return isOurs ? setLimit(place, project, 0) : Result<>(); // 0: no limit
}

} // namespace twinhull
