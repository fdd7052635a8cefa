// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/mounter.h"

#include "core/base/files.h"
#include "core/runtime/mounts/copy_up.h"
#include "core/runtime/mounts/memory_file.h"
#include "core/runtime/mounts/new_folder.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace twinhull::runtime {

namespace {

bool isBind(const oci::Mount& mount, const MountOptions& options)
{
    return options.bind != MountOptions::Bind::No || mount.type.empty() || mount.type == "bind";
}

bool isBelow(const std::string& path, const std::string& folder)
{
    return path == folder || path.compare(0, folder.size() + 1, folder + "/") == 0;
}

/// One of its own goes before linux.mountLabel.
bool takesLabel(const oci::Mount& mount, const MountOptions& options)
{
    const bool hasOwn = std::any_of(options.fileSystem.begin(), options.fileSystem.end(),
        [](const auto& option) { return option.first == "context"; });
    return !hasOwn && mount.type != "cgroup2" && mount.type != "mqueue";
}

std::string placeOf(const std::string& list, std::size_t index)
{
    return list.empty() ? std::string() : list + "[" + std::to_string(index) + "]: ";
}

} // namespace

Mounter::Mounter(Syscalls& calls, const RootFd& root, Surroundings surroundings)
    : m_calls(calls), m_root(root), m_surroundings(std::move(surroundings))
{
}

Result<> Mounter::mountAll(const std::vector<oci::Mount>& mounts)
{
    for (std::size_t i = 0; i < mounts.size(); ++i) {
        const bool isMapped = m_surroundings.mapped != nullptr && m_surroundings.mapped->count(i) != 0;
        const int mapped = isMapped ? m_surroundings.mapped->at(i).fd() : -1;
        if (auto done = mountOne(mounts[i], mapped); !done)
            return std::move(done).withContext(placeOf(m_surroundings.list, i) + "mount " + mounts[i].destination);
    }
    return {};
}

Result<> Mounter::mountOne(const oci::Mount& mount, int mapped)
{
    auto options = parseMountOptions(mount.options);
    if (!options)
        return std::move(options).error();
    if (options->copiesUp && mount.type != "tmpfs")
        return Error{ ErrorCode::InvalidArgument, "tmpcopyup is for a tmpfs", 0, "Leave the option out" };
    if (mount.type == "copy")
        return copyIn(mount, *options);
    if (options->isRemount || (mount.type == "none" && options->bind == MountOptions::Bind::No))
        return change(mount, *options);
    if (isBind(mount, *options))
        return bind(mount, *options, mapped);
    if (mount.type == "cgroup" || mount.type == "cgroup2")
        return mountCgroups(mount, *options);
    if (mount.type == "sysfs")
        return mountSysfs(mount, *options);
    if (mount.type == "mqueue")
        return mountQueues(mount, *options);
    return mountFileSystem(mount, *options);
}

Result<> Mounter::propagate(const UniqueFd& mount, const MountOptions& options)
{
    for (const auto& step : options.propagations) {
        const unsigned flags = step.isRecursive ? AT_RECURSIVE : 0;
        if (auto changed = m_calls.changeMount(mount.fd(), { 0, 0, step.flag, flags }); !changed)
            return std::move(changed).withContext("set propagation");
    }
    return {};
}

Result<> Mounter::attach(const UniqueFd& mount, const UniqueFd& target, const MountOptions& options)
{
    auto done = propagate(mount, options);
    return done ? m_calls.attachMount(mount.fd(), target.fd()) : done;
}

/// A mount that is there already: "remount", or options of propagation alone.
Result<> Mounter::change(const oci::Mount& mount, const MountOptions& options)
{
    if (!options.fileSystem.empty())
        return Error{ ErrorCode::Unsupported,
            "option " + options.fileSystem.front().first + " of a file system that is mounted already", 0,
            "Give it to the mount that makes the file system" };
    auto target = m_root.open(mount.destination, O_PATH);
    if (!target)
        return std::move(target).error();
    for (const auto& step : { MountChange{ options.set, options.clear, 0, 0 },
             MountChange{ options.recursiveSet, options.recursiveClear, 0, AT_RECURSIVE } }) {
        if (step.set == 0 && step.clear == 0)
            continue;
        if (auto changed = m_calls.changeMount(target->fd(), step); !changed)
            return changed;
    }
    return propagate(*target, options);
}

/// In a running container the host's file is out of sight by now.
Result<> Mounter::copyIn(const oci::Mount& mount, const MountOptions& options)
{
    if (m_surroundings.isRunning)
        return Error{ ErrorCode::Unsupported, "no file is copied into a running container", 0, {} };
    return copyIntoMemory(m_root, mount, options);
}

/// Of what stands in the container's own root already.
Result<> Mounter::bindInside(const oci::Mount& mount, const MountOptions& options)
{
    auto source = m_root.open(mount.source, O_PATH);
    struct stat info { };
    if (!source || ::fstat(source->fd(), &info) != 0)
        return source ? Error::fromErrno(errno, "source " + mount.source) : std::move(source).error();
    auto clone = m_calls.cloneMount(source->fd(), "", AT_EMPTY_PATH);
    if (!clone)
        return std::move(clone).error();
    const std::uint64_t set = options.set | (options.allowsDevices ? 0U : MOUNT_ATTR_NODEV);
    if (auto changed = m_calls.changeMount(clone->fd(), { set, options.clear, 0, 0 }); !changed)
        return changed;
    auto target = S_ISDIR(info.st_mode) ? m_root.makeFolder(mount.destination) : m_root.makeFile(mount.destination);
    return target ? attach(*clone, *target, options) : std::move(target).error();
}

Result<> Mounter::bind(const oci::Mount& mount, const MountOptions& options, int mapped)
{
    if (options.isSourceInside)
        return bindInside(mount, options);
    const std::string source = bindSource(mount, m_surroundings.bundle);
    if (options.fillsNew && !m_surroundings.isRunning) {
        if (auto filled = fillNewFolder(m_root, source, mount.destination); !filled)
            return filled;
    }
    struct stat info { };
    if ((mapped >= 0 ? ::fstat(mapped, &info) : ::stat(source.c_str(), &info)) != 0)
        return Error::fromErrno(errno, "source " + source).withHint("Make the file or folder, or leave the mount out");
    auto clone = mapped >= 0 ? Result<UniqueFd>(UniqueFd(::fcntl(mapped, F_DUPFD_CLOEXEC, 0)))
                             : m_calls.cloneMount(AT_FDCWD, source.c_str(),
                                 options.bind == MountOptions::Bind::One ? 0U : unsigned{ AT_RECURSIVE });
    if (!clone)
        return std::move(clone).error();
    const bool needsDevices = options.allowsDevices || isBelow(source, "/dev");
    const std::uint64_t set = options.set | (needsDevices ? 0U : MOUNT_ATTR_NODEV);
    if (auto changed = m_calls.changeMount(clone->fd(), { set, options.clear, 0, 0 }); !changed)
        return changed;
    if (options.recursiveSet != 0 || options.recursiveClear != 0) {
        const MountChange below{ options.recursiveSet, options.recursiveClear, 0, AT_RECURSIVE };
        if (auto changed = m_calls.changeMount(clone->fd(), below); !changed)
            return changed;
    }
    auto target = S_ISDIR(info.st_mode) ? m_root.makeFolder(mount.destination) : m_root.makeFile(mount.destination);
    return target ? attach(*clone, *target, options) : std::move(target).error();
}

bool Mounter::isUnmappedGroup(const std::string& key, const std::string& value) const
{
    std::uint32_t gid = 0;
    if (!m_surroundings.isInUserNamespace || key != "gid" || m_surroundings.gidMappings.empty()
        || std::from_chars(value.data(), value.data() + value.size(), gid).ec != std::errc())
        return false;
    for (const auto& mapping : m_surroundings.gidMappings) {
        if (gid >= mapping.containerId && gid - mapping.containerId < mapping.size)
            return false;
    }
    return true;
}

Result<> Mounter::mountFileSystem(const oci::Mount& mount, const MountOptions& options)
{
    // proc and sysfs behind a link of the image would be somewhere else than where they are protected
    const bool isKernels = mount.type == "proc" || mount.type == "sysfs";
    if (options.needsFolder && !m_root.open(mount.destination, O_PATH | O_DIRECTORY)) {
        m_warnings.push_back(mount.destination + " is left out: no such folder is there");
        return {};
    }
    auto target = m_root.makeFolder(mount.destination, isKernels ? RootFd::Links::Refuse : RootFd::Links::Follow);
    if (!target)
        return std::move(target).error();
    FileSystemRequest request{ mount.type, mount.source, {}, options.set | options.recursiveSet };
    // /dev becomes nodev when its nodes are made; on devpts nobody can make nodes
    if (!options.allowsDevices && mount.destination != "/dev" && mount.type != "devpts")
        request.attributes |= MOUNT_ATTR_NODEV;
    for (const auto& [key, value] : options.fileSystem) {
        if (!isUnmappedGroup(key, value)) // one mapped id only: terminals then belong to the container's root
            request.options.emplace_back(key, value);
    }
    if (!m_surroundings.label.empty() && !isKernels && takesLabel(mount, options))
        request.options.emplace_back("context", m_surroundings.label);
    if (!options.copiesUp && options.propagations.empty() && !m_surroundings.isRunning)
        return m_calls.mountFileSystem(request, target->fd());
    if (!options.copiesUp) {
        auto made = m_calls.makeFileSystem(request);
        return made ? attach(*made, *target, options) : std::move(made).error();
    }
    request.attributes &= ~std::uint64_t{ MOUNT_ATTR_RDONLY };
    auto made = m_calls.makeFileSystem(request);
    if (!made)
        return std::move(made).error();
    auto copied
        = copyUp(*target, *made, mount.options, DeviceNodes::MakeWherePossible).withContext("fill the new tmpfs");
    if (copied && ((options.set | options.recursiveSet) & MOUNT_ATTR_RDONLY) != 0)
        copied = m_calls.changeMount(made->fd(), { MOUNT_ATTR_RDONLY, 0, 0, 0 });
    return copied ? attach(*made, *target, options) : copied;
}

Result<> Mounter::mountSysfs(const oci::Mount& mount, const MountOptions& options)
{
    auto mounted = mountFileSystem(mount, options);
    if (mounted || mounted.error().sysErrno != EPERM)
        return mounted;
    // sysfs belongs to the network namespace: with the host's, an ordinary user can only show the host's, read-only
    auto host = m_calls.cloneMount(AT_FDCWD, "/sys", AT_RECURSIVE);
    if (!host)
        return std::move(host).error();
    const MountChange change{ options.set | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, 0, 0, AT_RECURSIVE };
    if (auto changed = m_calls.changeMount(host->fd(), change); !changed)
        return changed;
    auto target = m_root.makeFolder(mount.destination, RootFd::Links::Refuse);
    return target ? attach(*host, *target, options) : std::move(target).error();
}

/// A user namespace's may not have its label as an option.
Result<> Mounter::mountQueues(const oci::Mount& mount, const MountOptions& options)
{
    auto mounted = mountFileSystem(mount, options);
    if (!mounted || m_surroundings.label.empty())
        return mounted;
    auto top = m_root.open(mount.destination, O_RDONLY | O_DIRECTORY);
    return top ? m_calls.labelFile(top->fd(), m_surroundings.label) : std::move(top).error();
}

Result<> Mounter::mountCgroups(const oci::Mount& mount, const MountOptions& options)
{
    const oci::Mount unified{ mount.destination, "cgroup2", "cgroup", {} };
    MountOptions plain = options;
    plain.fileSystem.clear(); // options of the v1 file system mean nothing here
    auto mounted = mountFileSystem(unified, plain);
    if (!mounted)
        m_warnings.push_back(mount.destination + " is left out: " + mounted.error().message);
    return {};
}

} // namespace twinhull::runtime
