// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_orphans.h"

#include "core/base/files.h"
#include "core/vms/session_daemon.h"

#include <QDir>
#include <QUuid>

#include <sys/file.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kNoteLimitBytes = 4096;

std::string notePath(const VmFolder& folder)
{
    return (folder.path() + QStringLiteral("/libvirt-uri")).toStdString();
}

/// Busy when its maker is at work.
Result<UniqueFd> lockFolder(const VmFolder& folder, int operation)
{
    auto fd = openPath(folder.path().toStdString(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!fd)
        return fd;
    while (::flock(fd->fd(), operation) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "lock " + folder.path().toStdString());
    }
    return fd;
}

/// Only a plain "no such VM" counts; any other failure means that we do not know.
bool isUnknownTo(virConnectPtr connection, const QString& uuid)
{
    const auto domain = findDomain(connection, uuid);
    return !domain && domain.error().code == ErrorCode::NotFound;
}

bool isOrphan(virConnectPtr connection, const VmFolder& folder, const QString& uuid, const QString& uri)
{
    const auto note = readFile(notePath(folder), kNoteLimitBytes);
    return note && QString::fromStdString(*note) == effectiveUri(uri) && isUnknownTo(connection, uuid);
}

} // namespace

Result<UniqueFd> claimVmFolder(const VmFolder& folder, const QString& uri)
{
    auto claim = lockFolder(folder, LOCK_EX);
    if (!claim)
        return claim;
    auto written = writeFileAtomically(notePath(folder), effectiveUri(uri).toStdString());
    return written ? std::move(claim) : Result<UniqueFd>(std::move(written).error());
}

Result<QStringList> removeOrphans(const VmToolbox& tools)
{
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    QStringList removed;
    const QDir vms(QString::fromStdString(tools.folders.vms()));
    for (const QString& name : vms.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
        const VmFolder folder(tools.folders, name);
        if (QUuid::fromString(withoutConnection(name)).isNull() || name != tools.keyOf(withoutConnection(name)))
            continue;
        const auto claim = lockFolder(folder, LOCK_EX | LOCK_NB);
        if (!claim || !isOrphan(connection->get(), folder, name, tools.uri))
            continue;
        if (auto gone = removeTree(folder.path().toStdString()); !gone)
            return std::move(gone).error();
        removed << folder.path();
    }
    return removed;
}

} // namespace twinhull
