// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/file_obstacles.h"

#include "core/vms/disks/disk_chain.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/snapshots/snapshot_record.h"
#include "core/vms/storage/volume_users.h"
#include "core/workload/plan_command.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace twinhull {

namespace {

constexpr unsigned kMayPass = 1; ///< of a folder

QString obstacleWords(const char* text)
{
    return QCoreApplication::translate("VmStorage", text);
}

bool isAtHome(const QString& folder, const QString& home)
{
    const QString top = QFileInfo(home).canonicalFilePath();
    return top.size() > 1 && (folder == top || folder.startsWith(top + u'/'));
}

AccessObstacle obstacleFrom(const AccessTrouble& trouble, const MachineFile& file, const QString& home)
{
    const bool isOurs = trouble.owner == ::geteuid();
    const bool isPassing = trouble.isFolder && trouble.neededRights == kMayPass && !trouble.isOwners;
    return { file.role, file.path, trouble.folder, trouble.sentence,
        isOurs ? trouble.nextStep : QStringLiteral("sudo ") + trouble.nextStep,
        isOurs && isPassing && isAtHome(trouble.folder, home) };
}

/// libvirt of the system makes QEMU's user the owner of a file while it is used; a person's own may not.
FileUse useOf(const VmToolbox& tools, bool isWritten)
{
    if (folderUseOf(tools) == FolderUse::Enter)
        return FileUse::Reach;
    return isWritten ? FileUse::Write : FileUse::Read;
}

/// A raw disk is what its guest wrote, and may look like one that is based on any file of the person's. Where we may
/// not read all of it ourselves, as far as we may.
QStringList filesBelow(const DiskSourceFile& disk)
{
    if (disk.format != u"qcow2")
        return {};
    QStringList bases;
    if (const auto layers = layersOf(disk.path, disk.format)) {
        for (std::size_t i = 1; i < layers->size(); ++i)
            bases << (*layers)[i].file.path;
    } else if (const QString base = backingFileOf(disk.path); !base.isEmpty()) {
        bases << base;
    }
    return bases;
}

void addDisk(std::vector<MachineFile>& files, const DefinedDisk& disk, const VmToolbox& tools)
{
    const QString role = (disk.isMedium ? obstacleWords("medium in %1") : obstacleWords("disk %1")).arg(disk.target);
    files.push_back({ disk.file.path, role, useOf(tools, disk.isWritable) });
    for (const QString& base : filesBelow(disk.file))
        files.push_back({ base, obstacleWords("what disk %1 is based on").arg(disk.target), useOf(tools, false) });
}

Result<std::vector<MachineFile>> filesOfMachine(
    virConnectPtr connection, const VmToolbox& tools, const QByteArray& domainXml)
{
    const auto xml = DomainXml::parse(domainXml);
    const auto disks = xml ? definedDisksOn(connection, domainXml) : xml.error();
    if (!disks)
        return disks.error();
    std::vector<MachineFile> files;
    for (const DefinedDisk& disk : *disks) {
        if (disk.file.path.startsWith(u'/'))
            addDisk(files, disk, tools);
    }
    for (const char* part : { "kernel", "initrd" }) {
        const QString path = textAt(xml->root(), QStringLiteral("os/") + QLatin1String(part));
        if (path.startsWith(u'/'))
            files.push_back({ path, QLatin1String(part), useOf(tools, false) });
    }
    return files;
}

enum class PathMatch { Whole, Below };

/// Whether QEMU or libvirt speaks of that path, or of one below it; not of another that only begins or ends so.
bool namesPath(const std::string& message, const QString& path, PathMatch match = PathMatch::Whole)
{
    constexpr std::string_view kAround = " '\"`:=,;()";
    const std::string wanted = path.toStdString();
    const auto isAround = [&](std::size_t at) { return kAround.find(message[at]) != std::string_view::npos; };
    for (auto at = message.find(wanted); !wanted.empty() && at != std::string::npos;
         at = message.find(wanted, at + 1)) {
        const auto end = at + wanted.size();
        const bool isBegun = at == 0 || isAround(at - 1);
        const bool isBelow = match == PathMatch::Below && end < message.size() && message[end] == '/';
        if (isBegun && (isBelow || end == message.size() || isAround(end)))
            return true;
    }
    return false;
}

} // namespace

std::vector<AccessObstacle> obstaclesTo(
    const std::vector<MachineFile>& files, const FileUser& user, const QString& home)
{
    std::vector<AccessObstacle> obstacles;
    for (const MachineFile& file : files) {
        for (const AccessTrouble& trouble : troublesWithFile(file.path, user, file.use)) {
            const bool isKnown = std::any_of(obstacles.begin(), obstacles.end(),
                [&trouble](const AccessObstacle& known) { return known.place == trouble.folder; });
            if (!isKnown)
                obstacles.push_back(obstacleFrom(trouble, file, home));
        }
    }
    return obstacles;
}

Result<std::vector<AccessObstacle>> obstaclesOf(
    virConnectPtr connection, const VmToolbox& tools, const QByteArray& domainXml)
{
    const auto user = guestUserOf(connection, tools);
    if (!user)
        return Error{ ErrorCode::Unsupported, "whom its machines run as cannot be told from here", 0,
            "Look at the permissions on the computer that has the files" };
    const auto files = filesOfMachine(connection, tools, domainXml);
    return files ? obstaclesTo(*files, *user, QDir::homePath()) : Result<std::vector<AccessObstacle>>(files.error());
}

Error withObstacleNamed(
    Error error, const std::vector<AccessObstacle>& obstacles, const QString& machine, const QString& connection)
{
    const auto byFile = std::find_if(obstacles.begin(), obstacles.end(),
        [&error](const AccessObstacle& each) { return namesPath(error.message, each.file); });
    const auto named = byFile != obstacles.end()
        ? byFile
        : std::find_if(obstacles.begin(), obstacles.end(), [&error](const AccessObstacle& each) {
              return namesPath(error.message, each.place, PathMatch::Below); // of another file there
          });
    if (named == obstacles.end())
        return error;
    const std::string file = named->role.toStdString() + " " + named->file.toStdString() + ": ";
    error.code = ErrorCode::PermissionDenied;
    error.message = (byFile != obstacles.end() ? file : std::string()) + named->sentence.toStdString() + " ("
        + error.message + ")";
    const bool isSafe
        = std::all_of(obstacles.begin(), obstacles.end(), [](const AccessObstacle& each) { return each.isSafe; });
    if (!isSafe || machine.isEmpty())
        return std::move(error).withHint(named->command.toStdString());
    QStringList words{ QStringLiteral("twinhullctl") };
    if (!connection.isEmpty())
        words << QStringLiteral("--connect") << connection;
    words << QStringLiteral("vm") << QStringLiteral("fix-access") << machine;
    return std::move(error).withHint("Let them pass: " + shellLine(words).toStdString());
}

Error withObstacle(Error error, virConnectPtr connection, const VmToolbox& tools, const QByteArray& domainXml)
{
    if (hasBrokenOff(error) || error.message.find("ermission denied") == std::string::npos)
        return error;
    const auto obstacles = obstaclesOf(connection, tools, domainXml);
    if (!obstacles)
        return error;
    const auto xml = DomainXml::parse(domainXml);
    const QString name = xml ? textAt(xml->root(), QStringLiteral("name")) : QString();
    return withObstacleNamed(std::move(error), *obstacles, name, tools.connection);
}

} // namespace twinhull
