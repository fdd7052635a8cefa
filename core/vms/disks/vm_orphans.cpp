// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/vm_orphans.h"

#include "core/base/files.h"
#include "core/vms/link/session_daemon.h"
#include "core/vms/storage/volume_changes.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

constexpr std::size_t kNoteLimitBytes = 4096;
constexpr const char* kHalfMadePrefix = ".making-";
constexpr qint64 kHalfMadeSeconds = 60; ///< its maker locks it at once: a killed one's is older

std::string notePath(const QString& folder)
{
    return (folder + QStringLiteral("/libvirt-uri")).toStdString();
}

/// Stands in a folder until its VM is about to be defined: only while it does, what is in there is nobody's.
std::string makingMarkPath(const QString& folder)
{
    return (folder + QStringLiteral("/in-making")).toStdString();
}

std::string handOverNote(const QString& uri)
{
    return effectiveUri(uri).toStdString() + '\n';
}

std::string noteIn(const QString& folder)
{
    auto note = readFile(notePath(folder), kNoteLimitBytes);
    return note ? *std::move(note) : std::string();
}

/// Empty where there is none.
Result<std::string> readNote(const QString& folder)
{
    auto note = readFile(notePath(folder), kNoteLimitBytes);
    return note || note.error().sysErrno != ENOENT ? note : Result<std::string>(std::string());
}

bool isHandedOver(const std::string& note)
{
    return note.ends_with('\n');
}

/// Of every connection.
QStringList allFoldersOf(const DataFolders& folders, const QString& uuid)
{
    const QDir vms(QString::fromStdString(folders.vms()));
    QStringList paths;
    for (const QString& name :
        vms.entryList({ uuid, uuid + QStringLiteral("@*") }, QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks))
        paths << vms.filePath(name);
    return paths;
}

/// Busy when its maker is at work.
Result<UniqueFd> lockFolder(const std::string& path, int operation)
{
    auto fd = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!fd)
        return fd;
    while (::flock(fd->fd(), operation) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "lock " + path);
    }
    return fd;
}

/// Not where it was removed, or made anew, since it was opened.
bool isStillAt(const UniqueFd& folder, const std::string& path)
{
    struct stat held { };
    struct stat there { };
    return ::fstat(folder.fd(), &held) == 0 && ::lstat(path.c_str(), &there) == 0 && held.st_dev == there.st_dev
        && held.st_ino == there.st_ino;
}

/// Where a folder is made that is nobody's before it is whole: hidden, so that no reader of folders finds it.
std::string halfMadePath(const QString& folder)
{
    const QFileInfo info(folder);
    return (info.absolutePath() + u'/' + QLatin1String(kHalfMadePrefix) + info.fileName()).toStdString();
}

/// The lock goes along with the rename. What stands at the folder's place is empty.
Result<UniqueFd> makeWhole(const std::string& half, const VmFolder& folder, const QString& uri)
{
    auto claim = lockFolder(half, LOCK_EX);
    if (!claim)
        return claim;
    const QString inside = QString::fromStdString(half);
    if (auto marked = writeFileAtomically(makingMarkPath(inside), {}); !marked)
        return std::move(marked).error();
    if (auto noted = writeFileAtomically(notePath(inside), effectiveUri(uri).toStdString()); !noted)
        return std::move(noted).error();
    if (::rename(half.c_str(), folder.path().toStdString().c_str()) != 0)
        return Error::fromErrno(errno, "make " + folder.path().toStdString());
    return claim;
}

/// Only a plain "no such VM" counts; any other failure means that we do not know.
bool isUnknownTo(virConnectPtr connection, const QString& uuid)
{
    const auto domain = findDomain(connection, uuid);
    return !domain && domain.error().code == ErrorCode::NotFound;
}

/// Of noteVolumeOfMaking(); both empty where there is none.
Result<VolumeName> volumeOfMaking(const VmFolder& folder)
{
    const auto mark = readFile(makingMarkPath(folder.path()), kNoteLimitBytes);
    if (!mark)
        return mark.error();
    const QJsonDocument said = QJsonDocument::fromJson(QByteArray::fromStdString(*mark));
    return VolumeName{ said[QLatin1String("pool")].toString(), said[QLatin1String("volume")].toString() };
}

/// True where nothing of it is left, or it is somebody's by now.
bool isVolumeSettled(virConnectPtr connection, const VmToolbox& tools, const VmFolder& folder)
{
    const auto volume = volumeOfMaking(folder);
    if (!volume || volume->name.isEmpty())
        return static_cast<bool>(volume);
    const auto gone = deleteVolumeOf(connection, tools, *volume, VolumeUse::Refuse);
    const bool isSettled = gone || gone.error().code == ErrorCode::NotFound || gone.error().code == ErrorCode::Busy;
    if (!isSettled) // its pool does not run: the next sweep
        qWarning("%s", gone.error().toLine().c_str());
    return isSettled;
}

/// Those of this connection that its libvirt does not know, in the making or not, and that nobody is at work on.
template <typename Visit>
Result<> visitUnknown(const VmToolbox& tools, Visit visit)
{
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    const QDir vms(QString::fromStdString(tools.folders.vms()));
    for (const QString& name : vms.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
        const VmFolder folder(tools.folders, name);
        if (QUuid::fromString(withoutConnection(name)).isNull() || name != tools.keyOf(withoutConnection(name)))
            continue;
        const auto claim = lockFolder(folder.path().toStdString(), LOCK_EX | LOCK_NB);
        if (!claim || !isVmFolderOf(folder, tools.uri) || !isUnknownTo(connection->get(), name))
            continue;
        if (auto visited = visit(folder, exists(makingMarkPath(folder.path()))); !visited)
            return visited;
    }
    return {};
}

} // namespace

Result<UniqueFd> claimVmFolder(const VmFolder& folder, const QString& uri)
{
    auto claim = lockFolder(folder.path().toStdString(), LOCK_EX);
    if (!claim)
        return claim;
    auto written = writeFileAtomically(notePath(folder.path()), effectiveUri(uri).toStdString());
    return written ? std::move(claim) : Result<UniqueFd>(std::move(written).error());
}

Result<UniqueFd> claimIdleVmFolder(const VmFolder& folder, const QString& uri)
{
    const std::string path = folder.path().toStdString();
    auto claim = lockFolder(path, LOCK_EX | LOCK_NB);
    const bool isTaken = claim ? !isStillAt(*claim, path) : claim.error().sysErrno == EWOULDBLOCK;
    if (isTaken)
        return Error{ ErrorCode::Busy, "another program is at work on it", 0, "Wait until that has ended." };
    const auto note = claim ? readNote(folder.path()) : Result<std::string>(claim.error());
    if (!note)
        return note.error();
    const std::string own = effectiveUri(uri).toStdString();
    if (*note == own || *note == handOverNote(uri))
        return claim;
    if (!note->empty())
        return Error{ ErrorCode::Unsupported,
            "its folder " + path + " is of the libvirt at " + note->substr(0, note->find('\n')), 0,
            "Remove it there, or see what it has in that folder." };
    auto written = writeFileAtomically(notePath(folder.path()), own);
    return written ? std::move(claim) : Result<UniqueFd>(std::move(written).error());
}

Result<UniqueFd> beginVmFolder(const VmFolder& folder, const QString& uri)
{
    const std::string half = halfMadePath(folder.path());
    if (auto made = makeFolders(half); !made)
        return std::move(made).error();
    auto claim = makeWhole(half, folder, uri);
    if (!claim)
        (void)removeTree(half); // the sweep takes it away where that fails
    return claim;
}

QStringList removeHalfMade(const DataFolders& folders)
{
    const QDir vms(QString::fromStdString(folders.vms()));
    const auto old = QDateTime::currentDateTime().addSecs(-kHalfMadeSeconds);
    QStringList removed;
    for (const QFileInfo& info : vms.entryInfoList({ QString(QLatin1String(kHalfMadePrefix)) + u'*' },
             QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
        const std::string path = info.filePath().toStdString();
        const auto claim = lockFolder(path, LOCK_EX | LOCK_NB);
        if (claim && info.lastModified() < old && removeTree(path))
            removed << info.filePath();
    }
    return removed;
}

Result<> endVmFolder(const VmFolder& folder)
{
    const std::string path = folder.path().toStdString();
    if (auto gone = removeTree(makingMarkPath(folder.path())); !gone)
        return gone;
    auto opened = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened)
        return std::move(opened).error();
    return ::fsync(opened->fd()) == 0 ? Result<>() : Result<>(Error::fromErrno(errno, "fsync " + path));
}

Result<> removeVmFolder(const QString& path)
{
    const std::string hidden = halfMadePath(path);
    if (auto gone = removeTree(hidden); !gone) // of one that was killed in the middle
        return gone;
    if (::rename(path.toStdString().c_str(), hidden.c_str()) != 0 && errno != ENOENT)
        return Error::fromErrno(errno, "remove " + path.toStdString());
    return removeTree(hidden);
}

Result<> removeBareVmFolder(const VmFolder& folder)
{
    const auto found
        = QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    const std::string note = notePath(folder.path());
    if (found != QStringList(QFileInfo(QString::fromStdString(note)).fileName()))
        return {};
    const std::string said = noteIn(folder.path());
    const std::string path = folder.path().toStdString();
    if (::unlink(note.c_str()) != 0)
        return Error::fromErrno(errno, "remove " + note);
    if (::rmdir(path.c_str()) == 0)
        return {};
    const Error why = Error::fromErrno(errno, "remove " + path);
    (void)writeFileAtomically(note, said); // somebody put something there who did not ask for the folder
    return why;
}

bool mayBeVmFolderOf(const VmFolder& folder, const QString& uri)
{
    const auto note = readNote(folder.path());
    return !note || note->empty() || *note == effectiveUri(uri).toStdString() || *note == handOverNote(uri);
}

bool isVmFolderOf(const VmFolder& folder, const QString& uri)
{
    const auto note = readFile(notePath(folder.path()), kNoteLimitBytes);
    return note && QString::fromStdString(*note) == effectiveUri(uri);
}

QStringList vmFoldersOf(const VmToolbox& tools, const QString& uuid)
{
    const QString bare = withoutConnection(uuid);
    QStringList paths;
    for (const QString& path : allFoldersOf(tools.folders, bare)) {
        const std::string note = noteIn(path);
        const bool isOwn = QFileInfo(path).fileName() == tools.keyOf(bare);
        if (note == handOverNote(tools.uri) || (isOwn && !isHandedOver(note)))
            paths << path;
    }
    return paths;
}

QStringList handedOverFoldersOf(const DataFolders& folders, const QString& uuid)
{
    QStringList paths = allFoldersOf(folders, uuid);
    paths.removeIf([](const QString& path) { return !isHandedOver(noteIn(path)); });
    return paths;
}

Result<> handOverVmFolders(const QStringList& paths, const QString& uri)
{
    for (const QString& path : paths) {
        if (auto written = writeFileAtomically(notePath(path), handOverNote(uri)); !written)
            return std::move(written).error().withContext("hand over " + path.toStdString());
    }
    return {};
}

Result<> noteVolumeOfMaking(const VmFolder& folder, const VolumeName& volume)
{
    const QJsonObject note{ { QStringLiteral("pool"), volume.pool }, { QStringLiteral("volume"), volume.name } };
    const std::string text
        = volume.name.isEmpty() ? std::string() : QJsonDocument(note).toJson(QJsonDocument::Compact).toStdString();
    return writeFileAtomically(makingMarkPath(folder.path()), text);
}

Result<QStringList> removeOrphans(const VmToolbox& tools)
{
    QStringList removed = removeHalfMade(tools.folders);
    const auto connection = tools.link->connection();
    if (!connection)
        return connection.error();
    auto swept = visitUnknown(tools, [&](const VmFolder& folder, bool isInMaking) -> Result<> {
        if (!isInMaking || exists(folder.binRecordPath().toStdString()))
            return {};
        if (!isVolumeSettled(connection->get(), tools, folder))
            return {};
        if (auto gone = removeTree(folder.path().toStdString()); !gone)
            return gone;
        removed << folder.path();
        return {};
    });
    return swept ? Result<QStringList>(std::move(removed)) : Result<QStringList>(std::move(swept).error());
}

Result<QStringList> leftVmFolders(const VmToolbox& tools)
{
    QStringList left;
    auto looked = visitUnknown(tools, [&left](const VmFolder& folder, bool isInMaking) -> Result<> {
        if (!isInMaking)
            left << folder.path();
        return {};
    });
    return looked ? Result<QStringList>(std::move(left)) : Result<QStringList>(std::move(looked).error());
}

} // namespace twinhull
