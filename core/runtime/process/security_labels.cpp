// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/security_labels.h"

#include "core/base/files.h"

#include <linux/keyctl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

constexpr const char* kAskPolicy = "Correct it, or load a policy that has its user, role, type and level";
constexpr const char* kUnconfined = "unconfined"; // AppArmor's word for no profile at all

Error missing(const char* key, const char* what)
{
    return Error{
        ErrorCode::Unsupported, std::string("config.json: ") + key + ": " + what + " does not run on this computer", 0,
        std::string("Leave ") + key + " out; the container is then confined by its capabilities and its seccomp profile"
    };
}

/// Whether the policy knows it is asked where hull may ask, which is not so in every container: then the kernel says it
/// when the label is set.
Result<> checkKnown(const char* key, const std::string& label)
{
    auto question = label.empty() ? Result<UniqueFd>(UniqueFd()) : openPath("/sys/fs/selinux/context", O_WRONLY);
    if (question && *question && ::write(question->fd(), label.c_str(), label.size() + 1) < 0 && errno == EINVAL)
        return Error{ ErrorCode::InvalidArgument,
            std::string("config.json: ") + key + ": the policy does not know " + label, EINVAL, kAskPolicy };
    return {};
}

/// A file of this process in the kernel's own procfs: no link and no mount in between.
Result<UniqueFd> openAttribute(const std::string& name)
{
    auto proc = openPath("/proc", O_PATH | O_DIRECTORY);
    if (!proc)
        return proc;
    struct statfs system { };
    if (::fstatfs(proc->fd(), &system) != 0 || system.f_type != PROC_SUPER_MAGIC)
        return Error{ ErrorCode::Unsupported, "a security label needs a proc file system on /proc of the container", 0,
            "Add the mount to config.json" };
    open_how how{};
    how.flags = O_WRONLY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    const std::string path = std::to_string(::getpid()) + "/attr/" + name;
    UniqueFd file(static_cast<int>(::syscall(SYS_openat2, proc->fd(), path.c_str(), &how, sizeof how)));
    return file ? Result<UniqueFd>(std::move(file)) : Error::fromErrno(errno, "/proc/" + path);
}

Result<> setLabel(const std::string& attribute, const std::string& text)
{
    auto file = openAttribute(attribute);
    return file ? writeAll(*file, text) : std::move(file).error();
}

Result<> applyAppArmor(const std::string& profile)
{
    const std::string text = "exec " + profile;
    auto done = setLabel("apparmor/exec", text);
    if (!done && done.error().sysErrno == ENOENT)
        done = setLabel("exec", text); // before Linux 5.1
    if (!done && done.error().sysErrno == ENOENT)
        return std::move(done).error().withHint("Is the profile " + profile + " loaded?");
    return done;
}

bool wantsAppArmor(const oci::Process& process)
{
    return !process.apparmorProfile.empty() && process.apparmorProfile != kUnconfined;
}

} // namespace

bool hasAppArmor()
{
    auto text = readFile("/sys/module/apparmor/parameters/enabled", 16);
    return text && !text->empty() && text->front() == 'Y';
}

bool hasSelinux()
{
    return exists("/sys/fs/selinux/enforce");
}

Result<> checkLabels(const oci::Process& process, const std::string& mountLabel)
{
    if (wantsAppArmor(process) && !hasAppArmor())
        return missing("process.apparmorProfile", "AppArmor");
    if (!process.selinuxLabel.empty() && !hasSelinux())
        return missing("process.selinuxLabel", "SELinux");
    if (!mountLabel.empty() && !hasSelinux())
        return missing("linux.mountLabel", "SELinux");
    auto known = checkKnown("process.selinuxLabel", process.selinuxLabel);
    return known ? checkKnown("linux.mountLabel", mountLabel) : known;
}

Result<> applyLabels(const oci::Process& process)
{
    if (wantsAppArmor(process)) {
        if (auto applied = applyAppArmor(process.apparmorProfile); !applied)
            return std::move(applied).withContext("apply AppArmor profile " + process.apparmorProfile);
    }
    if (process.selinuxLabel.empty())
        return {};
    return setLabel("exec", process.selinuxLabel).withContext("apply SELinux label " + process.selinuxLabel);
}

Result<> joinLabelledKeyring(const oci::Process& process)
{
    if (process.selinuxLabel.empty())
        return {};
    if (auto set = setLabel("keycreate", process.selinuxLabel); !set) // until execve
        return std::move(set).withContext("label the session's keys " + process.selinuxLabel);
    (void)::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr); // a kernel without keyrings has none to share
    return {};
}

} // namespace twinhull::runtime
