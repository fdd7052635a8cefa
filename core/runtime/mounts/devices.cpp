// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/devices.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull::runtime {

namespace {

constexpr unsigned kPermissionBits = 07777; // engines leave the type in fileMode

std::vector<oci::Device> defaultDevices()
{
    return {
        { "/dev/null", 'c', 1, 3, 0666, 0, 0 },
        { "/dev/zero", 'c', 1, 5, 0666, 0, 0 },
        { "/dev/full", 'c', 1, 7, 0666, 0, 0 },
        { "/dev/random", 'c', 1, 8, 0666, 0, 0 },
        { "/dev/urandom", 'c', 1, 9, 0666, 0, 0 },
        { "/dev/tty", 'c', 5, 0, 0666, 0, 0 },
    };
}

mode_t typeBits(char type)
{
    switch (type) {
    case 'b':
        return S_IFBLK;
    case 'p':
        return S_IFIFO;
    default:
        return S_IFCHR;
    }
}

dev_t numberOf(const oci::Device& device)
{
    return makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor));
}

Result<> verifyNode(const UniqueFd& node, const oci::Device& device)
{
    struct stat info { };
    if (::fstat(node.fd(), &info) != 0)
        return Error::fromErrno(errno, "check device " + device.path);
    const bool hasNumber = device.type != 'p';
    if ((info.st_mode & S_IFMT) == typeBits(device.type) && (!hasNumber || info.st_rdev == numberOf(device)))
        return {};
    return Error{ ErrorCode::AlreadyExists, device.path + ": something else stands in the device's place", EEXIST, {} };
}

Result<UniqueFd> openNode(int folder, const char* path, const oci::Device& device)
{
    UniqueFd node(::openat(folder, path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!node)
        return Error::fromErrno(errno, "device " + device.path);
    if (auto verified = verifyNode(node, device); !verified)
        return std::move(verified).error();
    return node;
}

Result<> mountNode(Syscalls& calls, const UniqueFd& source, const UniqueFd& target)
{
    auto clone = calls.cloneMount(source.fd(), "", AT_EMPTY_PATH);
    if (!clone)
        return std::move(clone).error();
    return calls.attachMount(clone->fd(), target.fd());
}

Result<> bindFromHost(Syscalls& calls, const RootFd& root, const oci::Device& device)
{
    auto host = openNode(AT_FDCWD, device.path.c_str(), device);
    if (!host)
        return std::move(host).withContext("an ordinary user can only pass on the host's devices").error();
    auto target = root.makeFile(device.path);
    return target ? mountNode(calls, *host, *target) : std::move(target).error();
}

/// The folder that the last device was made in: most are made in /dev, which is looked up once.
class LastFolder {
public:
    explicit LastFolder(const RootFd& root) : m_root(root) { }

    Result<int> parentOf(const std::string& path)
    {
        const std::string name = path.substr(0, path.find_last_of('/') + 1);
        if (m_folder && name == m_name)
            return m_folder.fd();
        auto opened = m_root.makeParent(path);
        if (!opened)
            return std::move(opened).error();
        m_folder = *std::move(opened);
        m_name = name;
        return m_folder.fd();
    }

private:
    const RootFd& m_root;
    std::string m_name;
    UniqueFd m_folder;
};

Result<> makeHere(Syscalls& calls, LastFolder& last, const oci::Device& device, NodeSource source)
{
    auto folder = last.parentOf(device.path);
    if (!folder)
        return std::move(folder).error();
    const std::string name = RootFd::lastComponent(device.path);
    const unsigned mode = typeBits(device.type) | (device.fileMode.value_or(0666) & kPermissionBits);
    auto made = calls.makeNode(*folder, name.c_str(), mode, numberOf(device));
    if (!made && made.error().sysErrno != EEXIST)
        return made;
    const bool isInDev = device.path.compare(0, 5, "/dev/") == 0;
    const bool isPlain = source == NodeSource::Make && isInDev;
    const bool isRoots = device.uid == 0 && device.gid == 0;
    if (made && isPlain && isRoots)
        return {};
    auto node = openNode(*folder, name.c_str(), device);
    if (!node)
        return std::move(node).error();
    if (made && !isRoots && ::fchownat(node->fd(), "", device.uid, device.gid, AT_EMPTY_PATH) != 0)
        return Error::fromErrno(errno, "set owner of " + device.path);
    if (isPlain)
        return {};
    auto clone = calls.cloneMount(node->fd(), "", AT_EMPTY_PATH);
    if (!clone)
        return std::move(clone).error();
    if (!isInDev) { // outside /dev everything is nodev
        if (auto changed = calls.changeMount(clone->fd(), { 0, MOUNT_ATTR_NODEV, 0, 0 }); !changed)
            return changed;
    }
    return calls.attachMount(clone->fd(), node->fd());
}

} // namespace

Result<> populateDevices(
    Syscalls& calls, const RootFd& root, const std::vector<oci::Device>& devices, NodeSource source)
{
    const auto defaults = defaultDevices();
    LastFolder last(root);
    const auto makeOne = [&](const oci::Device& device) {
        return source == NodeSource::BindFromHost ? bindFromHost(calls, root, device)
                                                  : makeHere(calls, last, device, source);
    };
    for (const auto& device : defaults) {
        if (auto done = makeOne(device); !done)
            return std::move(done).withContext("device " + device.path);
    }
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const bool isDefault = std::any_of(
            defaults.begin(), defaults.end(), [&](const oci::Device& other) { return other.path == devices[i].path; });
        auto done = isDefault ? Result<>() : makeOne(devices[i]);
        if (!done)
            return std::move(done).withContext("config.json: linux.devices[" + std::to_string(i) + "]");
    }
    return {};
}

Result<> linkDevices(const RootFd& root)
{
    static constexpr std::array<std::array<const char*, 2>, 5> kLinks{ {
        { "/proc/self/fd", "fd" },
        { "/proc/self/fd/0", "stdin" },
        { "/proc/self/fd/1", "stdout" },
        { "/proc/self/fd/2", "stderr" },
        { "pts/ptmx", "ptmx" },
    } };
    auto folder = root.makeFolder("/dev");
    if (!folder)
        return std::move(folder).error();
    for (const auto& [target, name] : kLinks) {
        if (::symlinkat(target, folder->fd(), name) != 0 && errno != EEXIST)
            return Error::fromErrno(errno, "link /dev/" + std::string(name));
    }
    return {};
}

Result<> closeDeviceFolder(Syscalls& calls, const RootFd& root)
{
    auto folder = root.open("/dev", O_PATH | O_DIRECTORY);
    if (!folder)
        return std::move(folder).error();
    return calls.changeMount(folder->fd(), { MOUNT_ATTR_NODEV, 0, 0, 0 }).withContext("close /dev to new devices");
}

} // namespace twinhull::runtime
