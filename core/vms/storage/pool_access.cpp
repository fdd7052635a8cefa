// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/pool_access.h"

#include "core/vms/domain/access_list.h"
#include "core/vms/domain/domain_xml.h"
#include "core/workload/plan_command.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

constexpr unsigned kMayExecute = 1;
constexpr unsigned kMayWrite = 2;
constexpr unsigned kMayRead = 4;
constexpr unsigned kAllRights = 7;
constexpr int kMostFolders = 128; ///< on a way

bool isInGroup(const FileUser& user, gid_t group)
{
    return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
}

/// acl(5), "Access check algorithm"; without a list the mode is one of three entries.
unsigned rightsOf(const FileUser& user, const struct stat& info, const std::vector<AclEntry>& list)
{
    if (user.uid == info.st_uid)
        return (info.st_mode >> 6U) & kAllRights;
    unsigned mask = kAllRights;
    for (const auto& entry : list) {
        if (entry.tag == AclEntry::Mask)
            mask = entry.rights;
    }
    for (const auto& entry : list) {
        if (entry.tag == AclEntry::User && entry.id == user.uid)
            return entry.rights & mask;
    }
    unsigned byGroup = 0;
    bool isMember = false;
    for (const auto& entry : list) {
        const bool isOwnersGroup = entry.tag == AclEntry::GroupOwner && isInGroup(user, info.st_gid);
        if (isOwnersGroup || (entry.tag == AclEntry::Group && isInGroup(user, entry.id))) {
            isMember = true;
            byGroup |= entry.rights & mask;
        }
    }
    if (isMember)
        return byGroup;
    if (list.empty() && isInGroup(user, info.st_gid))
        return (info.st_mode >> 3U) & kAllRights;
    return info.st_mode & kAllRights;
}

QString userName(uid_t uid)
{
    std::array<char, 16384> room{};
    struct passwd entry { };
    struct passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr)
        return QString::fromLocal8Bit(found->pw_name);
    return QString::number(uid);
}

std::vector<gid_t> groupsOf(uid_t uid, gid_t first)
{
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count), first);
    if (::getgrouplist(userName(uid).toLocal8Bit().constData(), first, groups.data(), &count) < 0)
        return { first };
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

QString whatIsMissing(const QString& place, const QString& name, bool isFolder, unsigned needed)
{
    const bool mustWrite = (needed & kMayWrite) != 0;
    const char* words = QT_TRANSLATE_NOOP("VmStorage", "machines run as %1, who may not read %2");
    if (isFolder)
        words = mustWrite ? QT_TRANSLATE_NOOP("VmStorage", "machines run as %1, who may not write into %2")
                          : QT_TRANSLATE_NOOP("VmStorage", "machines run as %1, who may not enter %2");
    else if (mustWrite)
        words = QT_TRANSLATE_NOOP("VmStorage", "machines run as %1, who may not read and write %2");
    return QCoreApplication::translate("VmStorage", words).arg(name, place);
}

/// A right to write is one to read as well, of folders and of files.
QString lettersOf(bool isFolder, unsigned needed)
{
    const bool mustWrite = (needed & kMayWrite) != 0;
    if (isFolder)
        return mustWrite ? QStringLiteral("rwx") : QStringLiteral("x");
    return mustWrite ? QStringLiteral("rw") : QStringLiteral("r");
}

AccessTrouble troubleAt(const QString& place, const FileUser& user, const struct stat& info, unsigned needed)
{
    const QString name = userName(user.uid);
    const bool isFolder = S_ISDIR(info.st_mode);
    const bool isOwners = user.uid == info.st_uid;
    const QString whose = QCoreApplication::translate("VmStorage", "; it belongs to %1 (mode 0%2)")
                              .arg(userName(info.st_uid), QString::number(info.st_mode & 07777U, 8));
    const QStringList command = isOwners
        ? QStringList{ QStringLiteral("chmod"), isFolder ? QStringLiteral("u+rwx") : QStringLiteral("u+rw"), place }
        : QStringList{ QStringLiteral("setfacl"), QStringLiteral("-m"),
              QStringLiteral("u:%1:%2").arg(name, lettersOf(isFolder, needed)), place };
    return { place, whatIsMissing(place, name, isFolder, needed) + whose, shellLine(command), needed, isOwners,
        isFolder, info.st_uid };
}

/// As far as we may look ourselves.
std::vector<AccessTrouble> troublesAlong(const QString& path, const FileUser& user, unsigned neededAtEnd)
{
    std::vector<AccessTrouble> troubles;
    QString way;
    const QStringList steps = path.split(u'/', Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < steps.size(); ++i) {
        way += u'/' + steps[i];
        const std::string place = QFile::encodeName(way).toStdString();
        struct stat info { };
        if (::stat(place.c_str(), &info) != 0)
            return troubles;
        const unsigned needed = i + 1 == steps.size() ? neededAtEnd : kMayExecute;
        if ((rightsOf(user, info, accessListOf(place)) & needed) != needed)
            troubles.push_back(troubleAt(way, user, info, needed));
    }
    return troubles;
}

} // namespace

std::optional<FileUser> guestUserOf(virConnectPtr connection, const VmToolbox& tools)
{
    if (tools.place == HypervisorPlace::Elsewhere || !tools.uri.startsWith(u"qemu:"))
        return std::nullopt;
    if (tools.uri.contains(u"/session")) // QEMU runs as the person, root without root's rights
        return FileUser{ ::geteuid(), groupsOf(::geteuid(), ::getegid()) };
    const auto xml = DomainXml::parse(takeText(virConnectGetCapabilities(connection)).toUtf8(), "capabilities");
    if (!xml)
        return std::nullopt;
    for (xmlNodePtr host : childElements(xml->root())) {
        for (xmlNodePtr model : childElements(host)) {
            if (!isElement(model, "secmodel") || textAt(model, QStringLiteral("model")) != u"dac")
                continue;
            const QString label = textAt(model, QStringLiteral("baselabel")); // "+64055:+64055"
            const QStringList ids = QString(label).remove(u'+').split(u':');
            const uid_t uid = ids.value(0).toUInt();
            if (uid != 0)
                return FileUser{ uid, groupsOf(uid, ids.value(1).toUInt()) };
        }
    }
    return std::nullopt;
}

std::optional<AccessTrouble> troubleOnTheWay(const QString& folder, const FileUser& user, FolderUse use)
{
    const QString whole = QFileInfo(folder).canonicalFilePath();
    if (whole.isEmpty())
        return std::nullopt; // not there, or not for us to see: then libvirt says so
    auto troubles = troublesAlong(whole, user, use == FolderUse::Write ? kMayExecute | kMayWrite : kMayExecute);
    return troubles.empty() ? std::nullopt : std::optional(std::move(troubles.front()));
}

std::vector<AccessTrouble> troublesWithFile(const QString& file, const FileUser& user, FileUse use)
{
    const QString whole = QFileInfo(file).canonicalFilePath();
    unsigned needed = 0;
    if (use != FileUse::Reach)
        needed = use == FileUse::Write ? kMayRead | kMayWrite : kMayRead;
    // where we may not look ourselves, a link on the way is taken for what it leads to
    return troublesAlong(whole.isEmpty() ? QDir::cleanPath(file) : whole, user, needed);
}

FolderUse folderUseOf(const VmToolbox& tools)
{
    return tools.uri.contains(u"/session") ? FolderUse::Write : FolderUse::Enter;
}

Result<> openTheWay(const QString& folder, const FileUser& user, FolderUse use)
{
    QString last;
    for (int i = 0; i < kMostFolders; ++i) {
        const auto trouble = troubleOnTheWay(folder, user, use);
        if (!trouble)
            return {};
        if (trouble->isOwners || trouble->folder == last)
            return Error{ ErrorCode::PermissionDenied, trouble->sentence.toStdString(), 0,
                trouble->nextStep.toStdString() };
        last = trouble->folder;
        const bool mustWrite = (trouble->neededRights & kMayWrite) != 0;
        auto allowed = allowUser(QFile::encodeName(last).toStdString(), user.uid,
            static_cast<std::uint16_t>(mustWrite ? kAllRights : kMayExecute));
        if (allowed)
            continue;
        Error error = std::move(allowed).error();
        return error.hint.empty() ? std::move(error).withHint("sudo " + trouble->nextStep.toStdString()) : error;
    }
    return Error{ ErrorCode::Io, "the way to " + folder.toStdString() + " is too long", 0, {} };
}

} // namespace twinhull
