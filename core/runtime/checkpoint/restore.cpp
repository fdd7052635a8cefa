// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/restore.h"

#include "core/base/files.h"
#include "core/runtime/checkpoint/external_mounts.h"
#include "core/runtime/checkpoint/restore_root.h"
#include "core/runtime/checkpoint/restored_process.h"
#include "core/runtime/checkpoint/standard_streams.h"
#include "core/runtime/namespaces/namespace_plan.h"
#include "core/runtime/process/bundle.h"
#include "core/runtime/process/cgroup_placing.h"
#include "core/runtime/state/container.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace twinhull::runtime {

namespace {

constexpr const char* kLogFile = "restore.log";
constexpr const char* kRootPlace = "criu-root"; ///< in the container's folder
constexpr int kStreams = 3;

/// Everything that is read and checked before anything is made.
struct RestorePlan {
    Bundle bundle;
    ImageFolders folders;
    StreamNames streams;
    RootFilesystem root;
    OutsideNamespaces outside;
};

Result<RestorePlan> planRestore(RestoreRequest& request)
{
    auto bundle = readBundle(request.make.bundle, request.make.config);
    if (!bundle)
        return std::move(bundle).error();
    RestorePlan plan{ *std::move(bundle), {}, {}, {}, {} };
    const auto& spec = plan.bundle.spec;
    auto checked = checkBundle(plan.bundle, request.make.onWarning);
    if (checked)
        checked = checkTerminal(*spec.process, request.make);
    if (checked)
        checked = refuseWhatCriuCannot(spec);
    if (!checked)
        return std::move(checked).error();
    auto namespaces = planNamespaces(spec.linux_.namespaces);
    auto outside = outsideNamespacesOf(spec.linux_.namespaces);
    auto root = planRootFilesystem(spec, plan.bundle.path);
    if (!namespaces || !outside || !root)
        return !namespaces ? std::move(namespaces).error()
            : !outside     ? std::move(outside).error()
                           : std::move(root).error();
    auto folders = openFolders(request.choice, kLogFile, Folders::MustBeThere);
    if (!folders)
        return std::move(folders).error();
    auto streams = readStreamNames(folders->images, folders->imagePath);
    if (!streams)
        return std::move(streams).error();
    plan.folders = *std::move(folders);
    plan.streams = *std::move(streams);
    plan.root = *std::move(root);
    plan.root.isInUserNamespace = namespaces->hasOwn(oci::NamespaceKind::User);
    plan.outside = *std::move(outside);
    return plan;
}

/// One that was checkpointed stands as a stopped container until it is deleted, or until it comes back.
Result<> makeRoom(const RestoreRequest& request)
{
    const StateStore store(request.make.stateRoot);
    auto folder = store.open(request.make.id);
    if (!folder)
        return folder.error().code == ErrorCode::NotFound ? Result<>() : Result<>(std::move(folder).error());
    auto record = folder->readRecord();
    if (!record)
        return std::move(record).error();
    const auto status = statusOf(*folder, *record);
    if (status != oci::ContainerStatus::Stopped)
        return Error{ ErrorCode::AlreadyExists,
            "the container " + request.make.id + " is " + std::string(nameOf(status)), EEXIST,
            "Restore it under another id, or delete this one first" };
    return deleteContainer(*folder, Force::No, request.make.onWarning);
}

/// hull's own descriptors 0 to 2 as criu finds them; one that is closed is /dev/null.
Result<std::vector<UniqueFd>> openStreams()
{
    std::vector<UniqueFd> streams;
    for (int fd = 0; fd < kStreams; ++fd) {
        UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, kStreams));
        auto null = copy ? Result<UniqueFd>(std::move(copy)) : openPath("/dev/null", O_RDWR);
        if (!null)
            return std::move(null).error();
        streams.push_back(*std::move(null));
    }
    return streams;
}

std::string belowTree(const std::string& cgroup)
{
    const std::string tree = CgroupHost::find().tree;
    return isAtOrBelow(cgroup, tree) && cgroup.size() > tree.size() ? cgroup.substr(tree.size()) : "/";
}

/// What stands before a cgroup is made.
Result<CriuOptions> optionsFor(const RestoreRequest& request, const RestorePlan& plan, const std::string& rootPlace)
{
    CriuOptions options = request.choice.options;
    auto host = readMountTable("self");
    if (!host)
        return std::move(host).error();
    options.root = rootPlace;
    options.becomesSibling = true;
    chooseNetworkLock(options);
    options.externalMounts = externalSourcesOf(plan.bundle.spec, plan.bundle.path, *host);
    options.joined = plan.outside.joined;
    for (const auto& [key, stream] : inheritedStreams(plan.streams))
        options.inherited.emplace_back(key, kFirstPassed + stream);
    int fd = kFirstPassed + kStreams;
    for (const auto& [key, file] : plan.outside.inherited)
        options.inherited.emplace_back(key, fd++);
    return options;
}

/// Where processes go that criu restores: without a cgroup of the container's own, those of the checkpoint are others'
/// by now.
void chooseCgroup(CriuOptions& options, const oci::ContainerRecord& record)
{
    if (record.cgroup.empty())
        options.cgroups = CgroupMode::Ignore;
    else if (options.cgroups != CgroupMode::Ignore)
        options.cgroupRoot = belowTree(record.cgroup);
}

Result<> askCriu(Syscalls& calls, const RestoreRequest& request, const RestorePlan& plan, const std::string& rootPlace,
    MadeContainer& made)
{
    auto options = optionsFor(request, plan, rootPlace);
    auto streams = openStreams();
    if (!options || !streams)
        return !options ? std::move(options).error() : std::move(streams).error();
    const auto& spec = plan.bundle.spec;
    const CgroupPlacing placing(request.make.id, spec.linux_, request.make.cgroups, request.make.onWarning);
    auto cgroup = placing.make(made.folder.fd(), made.record);
    if (!cgroup)
        return std::move(cgroup).error();
    CriuPlace place{ request.choice.imagePath, request.choice.workPath,
        { CLONE_NEWNS, *cgroup ? (*cgroup)->folder.fd() : -1 }, {}, {}, {} };
    for (const auto& stream : *streams)
        place.passed.push_back(stream.fd());
    for (const auto& [key, file] : plan.outside.inherited)
        place.passed.push_back(file.fd());
    if (placing.isSystemds())
        place.place = [&](pid_t pid) { return placing.placeInScope(made.folder.fd(), made.record, pid); };
    // criu gives a cgroup namespace back together with cgroups only; without one the host's paths would show
    const bool needsNamespace = options->cgroups == CgroupMode::Ignore || (!*cgroup && !placing.isSystemds());
    place.prepare = [&] {
        // inherited by all that criu makes: it does not give it back itself (seen with 3.17)
        if (spec.process->noNewPrivileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
            return Result<>(Error::fromErrno(errno, "set no_new_privs"));
        if (request.make.keyring == Keyring::Own) // a kernel without keyrings has none to share
            (void)::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
        auto hidden = needsNamespace ? calls.makeNamespaces(CLONE_NEWCGROUP) : Result<>();
        return hidden ? buildRestoreRoot(calls, { spec, plan.bundle.path, plan.root, rootPlace }) : hidden;
    };
    RestoredProcess restored(calls, spec, made, options->emptyNamespaces);
    auto criu = CriuProcess::start(calls, request.choice.program, place);
    if (!criu)
        return std::move(criu).error();
    chooseCgroup(*options, made.record);
    auto response = criu->ask(encodeRequest(CriuRequest::Restore, *options),
        [&](const CriuResponse& moment, const UniqueFd& attached) { return restored.meet(moment, attached); });
    auto judged = judge(*criu, std::move(response), plan.folders);
    return judged ? restored.complete() : std::move(judged).error();
}

Result<> restoreInto(Syscalls& calls, const RestoreRequest& request, const RestorePlan& plan, MadeContainer& made)
{
    auto written = made.folder.writeConfig(plan.bundle.configText);
    if (!written)
        return written;
    const int folder = made.folder.fd().fd();
    char path[PATH_MAX]; // criu works in another folder: --root may be relative
    const ssize_t length = ::readlink(("/proc/self/fd/" + std::to_string(folder)).c_str(), path, sizeof path);
    if (length < 0 || ::mkdirat(folder, kRootPlace, 0700) != 0)
        return Error::fromErrno(errno, "make a folder for the root file system");
    const std::string rootPlace = std::string(path, static_cast<std::size_t>(length)) + "/" + kRootPlace;
    auto restored = askCriu(calls, request, plan, rootPlace, made);
    (void)::unlinkat(folder, kRootPlace, AT_REMOVEDIR); // what stays goes with the folder
    return restored ? handOver(request.make, made.process) : restored;
}

} // namespace

Result<MadeContainer> restoreContainer(Syscalls& calls, RestoreRequest request)
{
    if (auto allowed = requireCriuRights(); !allowed)
        return std::move(allowed).error();
    auto plan = planRestore(request);
    if (!plan)
        return std::move(plan).error();
    if (auto installed = CriuProcess::requireProgram(request.choice.program); !installed)
        return std::move(installed).error();
    if (auto room = makeRoom(request); !room)
        return std::move(room).error();
    auto folder = StateStore(request.make.stateRoot).create(request.make.id);
    if (!folder)
        return std::move(folder).error();
    MadeContainer made{ *std::move(folder), {}, newRecord(plan->bundle, request.make.id),
        plan->bundle.spec.hooks.poststart, {}, {} };
    auto restored = restoreInto(calls, request, *plan, made);
    if (restored)
        return made;
    discard(made, request.make.onWarning);
    return std::move(restored).error();
}

} // namespace twinhull::runtime
