// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_world.h"

#include "core/base/unique_fd.h"
#include "core/images/image_store.h"
#include "core/metrics/metric_rings.h"
#include "core/workload/workload_registry.h"

#include <QFileInfo>
#include <QThread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>

namespace twinhull {

namespace {

std::uint64_t totalMemory()
{
    struct sysinfo facts { };
    return ::sysinfo(&facts) == 0 ? std::uint64_t{ facts.totalram } * facts.mem_unit : 0;
}

} // namespace

bool isTcpPortFree(const QString& address, std::uint16_t port)
{
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(port);
    if (!socket || ::inet_pton(AF_INET, qPrintable(address), &place.sin_addr) != 1)
        return false;
    // As servers do: connections of yesterday in TIME_WAIT are no obstacle (socket(7)).
    const int isReused = 1;
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &isReused, sizeof isReused);
    return ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0
        && ::listen(socket.fd(), 1) == 0;
}

FormWorld formWorldOf(AppContext& context)
{
    FormWorld world;
    world.workloads = context.workloads.workloads();
    world.findImage = [&images = context.images](const QString& reference) { return images.find(reference); };
    world.isPortFree = &isTcpPortFree;
    world.isReadableFile = [](const QString& path) {
        const QFileInfo file(path);
        return file.isFile() && file.isReadable();
    };
    world.isFolder = [](const QString& path) { return QFileInfo(path).isDir(); };
    world.hostMemoryBytes = totalMemory();
    world.hostCpus = QThread::idealThreadCount();
    return world;
}

} // namespace twinhull
