// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/migration/migration_mark.h"

#include "core/base/files.h"
#include "core/vms/disks/vm_orphans.h"

#include <QDir>
#include <QUuid>

#include <sys/file.h>
#include <unistd.h>

namespace twinhull {

namespace {

std::string markPath(const QString& folder)
{
    return (folder + QStringLiteral("/migrating")).toStdString();
}

Result<UniqueFd> claimIdle(const QString& folder)
{
    auto fd = openPath(folder.toStdString(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd && ::flock(fd->fd(), LOCK_EX | LOCK_NB) != 0)
        return Error{ ErrorCode::Busy, "another program is at work on it", 0, "Wait until that has ended." };
    return fd;
}

void takeMarkAway(const QString& folder)
{
    (void)::unlink(markPath(folder).c_str()); // it is there, and the folder is ours
    (void)::rmdir(folder.toUtf8().constData()); // only where nothing else is in it
}

bool isLeaving(virDomainPtr domain)
{
    int type = VIR_DOMAIN_JOB_NONE;
    virTypedParameterPtr list = nullptr;
    int count = 0;
    int operation = VIR_DOMAIN_JOB_OPERATION_UNKNOWN;
    if (virDomainGetJobStats(domain, &type, &list, &count, 0) == 0 && type != VIR_DOMAIN_JOB_NONE)
        (void)virTypedParamsGetInt(list, count, VIR_DOMAIN_JOB_OPERATION, &operation);
    virTypedParamsFree(list, count);
    return operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
}

bool isRunning(virDomainPtr domain)
{
    int state = VIR_DOMAIN_NOSTATE;
    return virDomainGetState(domain, &state, nullptr, 0) == 0 && state == VIR_DOMAIN_RUNNING;
}

} // namespace

Result<MigrationMark> MigrationMark::set(const VmFolder& folder)
{
    if (auto made = makeFolders(folder.path().toStdString()); !made)
        return std::move(made).error();
    auto claim = claimIdle(folder.path());
    if (!claim)
        return std::move(claim).error();
    if (auto written = writeFileAtomically(markPath(folder.path()), {}); !written)
        return std::move(written).error();
    return MigrationMark(folder.path(), *std::move(claim));
}

MigrationMark::~MigrationMark()
{
    if (m_claim)
        takeMarkAway(m_folder);
}

bool isMigrating(const VmFolder& folder)
{
    return exists(markPath(folder.path()));
}

Result<> endBrokenMigrations(const VmToolbox& tools)
{
    const auto connection = tools.link->connection();
    if (!connection)
        return connection.error();
    const QDir vms(QString::fromStdString(tools.folders.vms()));
    for (const QString& name : vms.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
        const QString bare = withoutConnection(name);
        const QString folder = vms.filePath(name);
        if (QUuid::fromString(bare).isNull() || name != tools.keyOf(bare) || !exists(markPath(folder)))
            continue;
        const auto claim = claimIdle(folder);
        const auto domain = findDomain(connection->get(), bare);
        const bool isUnknown = !domain && domain.error().code != ErrorCode::NotFound;
        if (!claim || isUnknown)
            continue;
        if (domain && isLeaving(domain->get()) && virDomainAbortJob(domain->get()) != 0)
            return libvirtError("end the migration that a killed program had begun");
        if (domain && isRunning(domain->get())) { // else it may have got there, and its disks be used there
            if (auto handed = handOverVmFolders(handedOverFoldersOf(tools.folders, bare), tools.uri); !handed)
                return handed;
        }
        takeMarkAway(folder);
    }
    return {};
}

} // namespace twinhull
