// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/checkpoint.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/freezer.h"
#include "core/runtime/checkpoint/criu_log.h"
#include "core/runtime/checkpoint/external_mounts.h"
#include "core/runtime/checkpoint/standard_streams.h"
#include "core/runtime/mounts/root_fd.h"
#include "core/runtime/process/interruption.h"
#include "core/runtime/state/container.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace twinhull::runtime {

namespace {

constexpr const char* kLogFile = "dump.log";
constexpr int kEndDeadlineMilliseconds = 10'000;

/// Where the destinations of config.json's mounts lie in the container as it is now.
Result<std::vector<std::string>> resolvedPlaces(pid_t pid, const std::vector<oci::Mount>& mounts)
{
    auto folder = openPath("/proc/" + std::to_string(pid) + "/root", O_PATH | O_DIRECTORY);
    if (!folder)
        return std::move(folder).error();
    const RootFd root(*std::move(folder));
    std::vector<std::string> places;
    for (const auto& mount : mounts) {
        auto place = root.open(mount.destination, O_PATH);
        char path[PATH_MAX];
        const ssize_t length
            = place ? ::readlink(("/proc/self/fd/" + std::to_string(place->fd())).c_str(), path, sizeof path) : -1;
        places.push_back(length > 0 ? std::string(path, static_cast<std::size_t>(length))
                                    : plainPath(mount.destination)); // covered by now
    }
    return places;
}

/// criu asks for the memory of the earlier images by a path that starts at the new ones.
Result<> checkParent(const CriuOptions& options, const ImageFolders& folders)
{
    const std::string& parent = options.parentImages;
    if (parent.empty())
        return {};
    if (parent[0] == '/')
        return Error{ ErrorCode::InvalidArgument, "--parent-path " + parent + ": it must be relative to --image-path",
            0, "For example ../earlier" };
    auto opened = openAt(folders.images, parent, O_RDONLY | O_DIRECTORY);
    return opened ? Result<>() : std::move(opened).error().withContext("--parent-path");
}

Result<> describeContainer(CheckpointRequest& request, StreamNames& streams)
{
    auto& options = request.choice.options;
    auto spec = request.folder.readConfig();
    if (!spec)
        return std::move(spec).error();
    if (auto possible = refuseWhatCriuCannot(*spec); !possible)
        return possible;
    auto outside = outsideNamespacesOf(spec->linux_.namespaces);
    auto table = readMountTable(std::to_string(request.record.pid));
    if (!outside || !table)
        return !outside ? std::move(outside).error() : std::move(table).error();
    auto places = resolvedPlaces(request.record.pid, spec->mounts);
    if (!places)
        return std::move(places).error();
    auto mounts = externalMountsOf(*table, spec->mounts, *places);
    auto names = streamNamesOf(request.record.pid, *table);
    if (!mounts || !names)
        return !mounts ? std::move(mounts).error() : std::move(names).error();
    options.externalMounts = *std::move(mounts);
    options.externals = std::move(outside->externals);
    for (auto& stream : externalStreams(*names))
        options.externals.push_back(std::move(stream));
    streams = *std::move(names);
    return {};
}

void completeOptions(CheckpointRequest& request)
{
    auto& options = request.choice.options;
    options.pid = request.record.pid;
    options.root = request.record.rootfs;
    options.freezeCgroup = request.record.cgroup;
    options.tracksMemory = request.dump == Dump::MemoryOnly || !options.parentImages.empty();
    if (request.record.cgroup.empty())
        options.cgroups = CgroupMode::Ignore; // those that it lives in are others'
    chooseNetworkLock(options);
}

CriuPlace besideHull(const CriuChoice& choice)
{
    return { choice.imagePath, choice.workPath, {}, {}, {}, {} };
}

Error missing(const std::string& what)
{
    return Error{ ErrorCode::Unsupported, what, 0, "Leave the option out" };
}

Result<> requireFeatures(Syscalls& calls, const CriuChoice& choice)
{
    const auto& options = choice.options;
    if (!options.tracksMemory && !options.isLazy)
        return {};
    auto criu = CriuProcess::start(calls, choice.program, besideHull(choice));
    if (!criu)
        return std::move(criu).error();
    auto features = criu->ask(encodeFeatureQuestion(), [](const CriuResponse&, const UniqueFd&) { return Result<>(); });
    if (!features)
        return std::move(features).error();
    if (!features->isSuccess)
        return {}; // what criu has against this computer it writes into the log of the dump
    if (options.tracksMemory && !features->canTrackMemory)
        return missing("--pre-dump and --parent-path: this kernel does not track changes of memory");
    if (options.isLazy && !features->canRestoreLazily)
        return missing("--lazy-pages: this kernel cannot bring pages later (userfaultfd)");
    return {};
}

/// Between the moments of a dump: whether hull shall end, and the mark that the images are whole.
class Attendant {
public:
    Attendant(const CheckpointRequest& request, const ImageFolders& folders, const StreamNames& streams)
        : m_request(request), m_folders(folders), m_streams(streams)
    {
    }

    Result<> meet(const CriuResponse& response)
    {
        pollfd wait{ m_interruption.fd(), POLLIN, 0 };
        if (::poll(&wait, 1, 0) > 0)
            return Error{ ErrorCode::Cancelled, "it was given up, because hull was asked to end", 0, {} };
        if (response.moment == "status-ready")
            return tellStatus();
        if (response.moment == "post-dump" && m_request.dump == Dump::Whole)
            return writeStreamNames(m_folders.images, m_streams);
        return {};
    }

private:
    Result<> tellStatus() const
    {
        if (m_request.statusFd >= 0 && ::write(m_request.statusFd, "", 1) != 1)
            return Error::fromErrno(errno, "--status-fd");
        return {};
    }

    const CheckpointRequest& m_request;
    const ImageFolders& m_folders;
    const StreamNames& m_streams;
    Interruption m_interruption;
};

/// criu lets go of what it froze, also when it fails; one that was killed does not.
void letGoOn(const oci::ContainerRecord& record, bool wasFrozen)
{
    if (!wasFrozen && !record.cgroup.empty() && isCgroupFrozen(record.cgroup))
        (void)thawCgroup(record.cgroup); // `hull resume` says why it does not
}

Result<> awaitEnd(const UniqueFd& pidfd)
{
    pollfd wait{ pidfd.fd(), POLLIN, 0 };
    int ready = 0;
    do {
        ready = ::poll(&wait, 1, kEndDeadlineMilliseconds);
    } while (ready < 0 && errno == EINTR);
    return ready == 1 ? Result<>()
                      : Error{ ErrorCode::Timeout, "it is saved, but its process did not end within 10 s", 0,
                            "hull delete --force removes it" };
}

Result<> dump(
    Syscalls& calls, const CheckpointRequest& request, const ImageFolders& folders, const StreamNames& streams)
{
    Attendant attendant(request, folders, streams);
    auto criu = CriuProcess::start(calls, request.choice.program, besideHull(request.choice));
    if (!criu)
        return std::move(criu).error();
    const auto kind = request.dump == Dump::MemoryOnly ? CriuRequest::PreDump : CriuRequest::Dump;
    auto response = criu->ask(encodeRequest(kind, request.choice.options),
        [&](const CriuResponse& moment, const UniqueFd&) { return attendant.meet(moment); });
    auto judged = judge(*criu, std::move(response), folders);
    return judged ? Result<>() : std::move(judged).error();
}

} // namespace

Result<> checkpointContainer(Syscalls& calls, CheckpointRequest request)
{
    if (auto allowed = requireCriuRights(); !allowed)
        return allowed;
    auto process = watchProcess(request.record);
    if (!process)
        return std::move(process).error();
    StreamNames streams;
    if (auto described = describeContainer(request, streams); !described)
        return described;
    completeOptions(request);
    auto folders = openFolders(request.choice, kLogFile, Folders::MakeThem);
    if (!folders)
        return std::move(folders).error();
    if (auto parent = checkParent(request.choice.options, *folders); !parent)
        return parent;
    if (auto able = requireFeatures(calls, request.choice); !able)
        return able;
    if (::unlinkat(folders->images.fd(), kStreamsFile, 0) != 0 && errno != ENOENT) // until the images are whole
        return Error::fromErrno(errno, folders->imagePath + "/" + kStreamsFile);
    const bool wasFrozen = !request.record.cgroup.empty() && isCgroupFrozen(request.record.cgroup);
    auto dumped = dump(calls, request, *folders, streams);
    if (!dumped) {
        (void)::unlinkat(folders->images.fd(), kStreamsFile, 0); // criu failed after the mark: it is none
        letGoOn(request.record, wasFrozen);
        return dumped;
    }
    const bool runsOn = request.dump == Dump::MemoryOnly || request.choice.options.leavesRunning;
    return runsOn ? Result<>() : awaitEnd(*process);
}

} // namespace twinhull::runtime
