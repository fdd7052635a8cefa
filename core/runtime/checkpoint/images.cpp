// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/images.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/runtime/checkpoint/criu_log.h"
#include "core/runtime/namespaces/user_namespace.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

namespace twinhull::runtime {

namespace {

using oci::NamespaceKind;

Error refused(const std::string& what, const std::string& nextStep)
{
    return Error{ ErrorCode::Unsupported, what + " cannot be saved and restored by criu", 0, nextStep };
}

bool mapsIds(const oci::Mount& mount)
{
    return !mount.uidMappings.empty()
        || std::any_of(mount.options.begin(), mount.options.end(),
            [](const auto& option) { return option == "idmap" || option == "ridmap"; });
}

bool notifies(const oci::Seccomp& seccomp)
{
    constexpr const char* kNotify = "SCMP_ACT_NOTIFY";
    return !seccomp.agent.path.empty() || seccomp.defaultAction == kNotify
        || std::any_of(
            seccomp.syscalls.begin(), seccomp.syscalls.end(), [](const auto& rule) { return rule.action == kNotify; });
}

bool canJoin(NamespaceKind kind)
{
    return kind == NamespaceKind::Network || kind == NamespaceKind::Pid || kind == NamespaceKind::Ipc
        || kind == NamespaceKind::Uts;
}

Result<std::string> realPath(const std::string& path)
{
    char real[PATH_MAX];
    if (::realpath(path.c_str(), real) == nullptr)
        return Error::fromErrno(errno, path);
    return std::string(real);
}

Result<UniqueFd> openFolder(std::string& path, Folders folders)
{
    if (folders == Folders::MakeThem) {
        if (auto made = makeFolders(path, 0700); !made)
            return std::move(made).error();
    }
    auto real = realPath(path);
    if (!real)
        return std::move(real).error();
    path = *std::move(real);
    return openPath(path, O_RDONLY | O_DIRECTORY);
}

} // namespace

Result<> requireCriuRights()
{
    if (::geteuid() == 0 && isInFirstUserNamespace())
        return {};
    return Error{ ErrorCode::PermissionDenied, "only root can save and restore containers: criu needs its rights",
        EPERM, "Run it as root, for containers of root" };
}

Result<> refuseWhatCriuCannot(const oci::RuntimeSpec& spec)
{
    for (const auto& entry : spec.linux_.namespaces) {
        if (entry.kind == NamespaceKind::User) // restored inside it, they could not read root's images
            return refused("a container in a user namespace", "Start it without one, as root");
        if (!entry.path.empty() && !canJoin(entry.kind))
            return refused(
                "a " + std::string(oci::nameOf(entry.kind)) + " namespace that others share (" + entry.path + ")",
                "Give the container one of its own: leave path out in linux.namespaces");
    }
    for (const auto& mount : spec.mounts) {
        if (mapsIds(mount))
            return refused("the mount " + mount.destination + " with mapped ids", "Mount it without idmap");
    }
    if (spec.annotations.contains(std::string(oci::kAnnotationFuse)))
        return refused("a root by fuse-overlayfs", "Keep images where an overlay can be mounted");
    if (!spec.linux_.netDevices.empty())
        return refused("a network device of the host's (linux.netDevices)", "Start the container without it");
    if (spec.linux_.seccomp && notifies(*spec.linux_.seccomp))
        return refused("a seccomp filter that asks an agent (SCMP_ACT_NOTIFY)", "Use a profile without it");
    return {};
}

void chooseNetworkLock(CriuOptions& options)
{
    if (!options.networkLock && findExecutable("iptables-restore").empty())
        options.networkLock = NetworkLock::Nftables;
}

Result<ImageFolders> openFolders(CriuChoice& choice, const char* logFile, Folders folders)
{
    ImageFolders opened;
    auto images = openFolder(choice.imagePath, folders);
    if (!images)
        return std::move(images).error().withContext("--image-path");
    if (choice.workPath.empty())
        choice.workPath = choice.imagePath;
    auto work = openFolder(choice.workPath, Folders::MakeThem);
    if (!work)
        return std::move(work).error().withContext("--work-path");
    opened.images = *std::move(images);
    opened.work = *std::move(work);
    opened.imagePath = choice.imagePath;
    opened.logPath = choice.workPath + "/" + logFile;
    if (::unlinkat(opened.work.fd(), logFile, 0) != 0 && errno != ENOENT) // its errors are not those of this try
        return Error::fromErrno(errno, "remove " + opened.logPath);
    choice.options.imagesFolder = kCriuImages;
    choice.options.workFolder = kCriuWork;
    choice.options.logFile = logFile;
    return opened;
}

Result<CriuResponse> judge(const CriuProcess& criu, Result<CriuResponse> response, const ImageFolders& folders)
{
    if (!response || response->isSuccess)
        return response; // hull's own reason stands before criu's errors, which follow from it
    std::string cause = firstErrorIn(folders.logPath);
    if (cause.empty())
        cause = firstErrorOf("(0) " + response->error);
    if (cause.empty())
        cause = response->error;
    if (!cause.empty())
        return Error{ ErrorCode::Unavailable, "criu: " + cause, response->number, hintFor(cause, folders.logPath) };
    const std::string said = criu.chatter();
    const bool hasAnswered = response->type != CriuRequest::Nothing;
    return Error{ ErrorCode::Unavailable,
        (hasAnswered ? "criu failed and does not say why" : "criu ended without an answer")
            + (said.empty() ? said : ": " + said),
        response->number, "`criu check` tells what is missing on this computer" };
}

Result<OutsideNamespaces> outsideNamespacesOf(const std::vector<oci::Namespace>& namespaces)
{
    OutsideNamespaces outside;
    for (const auto& entry : namespaces) {
        if (entry.path.empty())
            continue;
        auto opened = openPath(entry.path, O_RDONLY);
        struct stat info { };
        if (!opened || ::fstat(opened->fd(), &info) != 0)
            return !opened ? std::move(opened).error() : Error::fromErrno(errno, entry.path);
        const bool isNetwork = entry.kind == NamespaceKind::Network;
        if (isNetwork || entry.kind == NamespaceKind::Pid) {
            const std::string key = isNetwork ? "extRootNetNS" : "extRootPidNS";
            outside.externals.push_back((isNetwork ? "net[" : "pid[") + std::to_string(info.st_ino) + "]:" + key);
            outside.inherited.emplace_back(key, *std::move(opened));
        } else {
            outside.joined.push_back({ std::string(oci::nameOf(entry.kind)), entry.path });
        }
    }
    return outside;
}

} // namespace twinhull::runtime
