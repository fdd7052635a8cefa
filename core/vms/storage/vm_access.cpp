// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/vm_access.h"

#include "core/vms/domain/access_list.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/storage/file_obstacles.h"

#include <QCoreApplication>
#include <QFile>

namespace twinhull {

namespace {

constexpr std::uint16_t kPassOnly = 1;

QString accessTitle(const char* text, const QString& name)
{
    return QCoreApplication::translate("VmAccess", text).arg(name);
}

Result<std::vector<AccessObstacle>> readObstaclesOf(const VmToolbox& tools, const QString& uuid)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    const auto xml = domainXmlOf(open->get(), VIR_DOMAIN_XML_INACTIVE);
    return xml ? obstaclesOf(open->connection.get(), tools, *xml) : xml.error();
}

/// What was shown is looked at again: only what is still safe is done.
Result<> letThroughOf(const VmToolbox& tools, const QString& uuid, const QStringList& folders)
{
    const auto obstacles = readObstaclesOf(tools, uuid);
    if (!obstacles)
        return obstacles.error();
    auto connection = tools.link->connection();
    const auto user = connection ? guestUserOf(connection->get(), tools) : std::nullopt;
    if (!user)
        return Error{ ErrorCode::Unavailable, "whom it runs as is not known any more", 0, "Try again." };
    for (const AccessObstacle& obstacle : *obstacles) {
        if (!folders.contains(obstacle.place))
            continue;
        if (!obstacle.isSafe)
            return Error{ ErrorCode::PermissionDenied, obstacle.sentence.toStdString(), 0,
                obstacle.command.toStdString() };
        auto allowed = allowUser(QFile::encodeName(obstacle.place).toStdString(), user->uid, kPassOnly,
            FolderRule::OwnAsJudged); // links on the way may have changed since
        if (!allowed && allowed.error().hint.empty())
            return std::move(allowed).error().withHint(obstacle.command.toStdString());
        if (!allowed)
            return allowed;
    }
    return {};
}

} // namespace

std::unique_ptr<Job> VmAccess::readObstacles(
    const WorkloadInfo& machine, std::shared_ptr<std::vector<AccessObstacle>> into)
{
    return std::make_unique<ThreadJob>(
        accessTitle(QT_TRANSLATE_NOOP("VmAccess", "Look whether %1 comes to its files"), machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, into = std::move(into)](JobContext&) -> Result<> {
            auto obstacles = readObstaclesOf(tools, uuid);
            if (!obstacles)
                return std::move(obstacles).error();
            *into = *std::move(obstacles);
            return {};
        });
}

std::unique_ptr<Job> VmAccess::letThrough(const WorkloadInfo& machine, const QStringList& folders)
{
    return std::make_unique<ThreadJob>(
        accessTitle(QT_TRANSLATE_NOOP("VmAccess", "Let %1 come to its files"), machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, folders, name = machine.name.toStdString()](JobContext&) {
            return letThroughOf(tools, uuid, folders).withContext("let " + name + " come to its files");
        });
}

} // namespace twinhull
