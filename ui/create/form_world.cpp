// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_world.h"

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"
#include "core/images/image_store.h"
#include "core/ipc/listened_ports.h"
#include "core/metrics/metric_rings.h"
#include "core/settings/login_service.h"
#include "core/volumes/secrets.h"
#include "core/workload/workload_registry.h"

#include <QFile>
#include <QFileInfo>
#include <QThread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>

namespace twinhull {

namespace {

std::uint64_t totalMemory()
{
    struct sysinfo facts { };
    return ::sysinfo(&facts) == 0 ? std::uint64_t{ facts.totalram } * facts.mem_unit : 0;
}

bool canListenAt(const std::string& hostAddress, const PublishedPort& port)
{
    const bool isTcp = port.protocol == PortProtocol::Tcp;
    const auto address = IpAddress::parse(hostAddress);
    if (!address)
        return false;
    const SocketAddress place = socketAddressOf(*address, port.hostPort);
    const UniqueFd socket(::socket(place.family(), (isTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0));
    if (!socket)
        return false;
    // As servers do: connections of yesterday in TIME_WAIT are no obstacle (socket(7)).
    const int isOn = 1;
    if (isTcp)
        ::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &isOn, sizeof isOn);
    if (place.family() == AF_INET6)
        ::setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &isOn, sizeof isOn);
    return ::bind(socket.fd(), place.raw(), place.size) == 0 && (!isTcp || ::listen(socket.fd(), 1) == 0);
}

} // namespace

bool canListen(const PublishedPort& port)
{
    const auto addresses = listenedAddresses(port.hostAddress.toStdString());
    return std::all_of(
        addresses.begin(), addresses.end(), [&port](const std::string& address) { return canListenAt(address, port); });
}

bool canOpenDevice(const DeviceOption& device)
{
    const QByteArray path = QFile::encodeName(device.source);
    struct stat info { };
    return ::stat(path.constData(), &info) == 0 && (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode))
        && ::access(path.constData(), device.readOnly ? R_OK : R_OK | W_OK) == 0;
}

FormWorld formWorldOf(AppContext& context)
{
    FormWorld world;
    world.workloads = context.workloads.workloads();
    world.findImage = [&images = context.images](const QString& reference) { return images.find(reference); };
    world.isPortFree = &canListen;
    world.hasSecret = [folder = context.folders.secrets()](
                          const QString& name) { return bool(requireSecret(folder, name.toStdString())); };
    world.isUsableDevice = &canOpenDevice;
    world.controllers = context.controllers;
    world.canKeepIds = ::geteuid() != 0; // as core/containers/option_check.h
    world.isStartedAtLogin = LoginService::of(context.folders).isEnabled();
    world.isReadableFile = [](const QString& path) {
        const QFileInfo file(path);
        return file.isFile() && file.isReadable();
    };
    world.isFolder = [](const QString& path) { return QFileInfo(path).isDir(); };
    world.isThere = [](const QString& path) { return QFileInfo::exists(path); };
    world.hostMemoryBytes = totalMemory();
    world.hostCpus = QThread::idealThreadCount();
    return world;
}

} // namespace twinhull
