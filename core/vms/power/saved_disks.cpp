// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/saved_disks.h"

#include "core/base/files.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/storage/pool_reading.h"
#include "core/vms/storage/volume_users.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::int64_t kNanosecondsASecond = 1'000'000'000;
constexpr std::int64_t kSampleBytes = 4 << 20; ///< of a memory's head, and of its end, where the devices are
constexpr std::size_t kLongestSavedChain = 200; ///< QEMU's own limit
constexpr const char* kSavedHint = "Start it from the beginning, or put that disk back as it was then";

Result<SavedDisk> stateOf(const QString& path)
{
    struct stat found { };
    if (::stat(path.toUtf8().constData(), &found) != 0)
        return Error::fromErrno(errno, path.toStdString());
    if (!S_ISREG(found.st_mode))
        return Error{ ErrorCode::Unsupported, path.toStdString() + " is no file", 0, {} };
    return SavedDisk{ path, found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
        std::int64_t{ found.st_mtim.tv_sec } * kNanosecondsASecond + found.st_mtim.tv_nsec };
}

/// Empty: a drive without a medium.
Result<QString> savedPathOf(virConnectPtr connection, xmlNodePtr disk)
{
    const QString volume = textAt(disk, QStringLiteral("source@volume"));
    if (!volume.isEmpty()) {
        const auto found = findVolume(connection, { textAt(disk, QStringLiteral("source@pool")), volume });
        if (!found)
            return found.error();
        const QString path = takeText(virStorageVolGetPath(found->get()));
        return path.startsWith(u'/') ? Result<QString>(path)
                                     : Error{ ErrorCode::Unsupported, volume.toStdString() + " is on a server", 0, {} };
    }
    for (const char* place : { "source@file", "source@dev" }) {
        if (const QString path = textAt(disk, QLatin1String(place)); !path.isEmpty())
            return path;
    }
    if (isThere(disk, QStringLiteral("source")))
        return Error{ ErrorCode::Unsupported, "it is no file", 0, {} };
    return QString();
}

Result<> addChain(std::vector<SavedDisk>& disks, QString path)
{
    for (std::size_t i = 0; i < kLongestSavedChain && !path.isEmpty(); ++i) {
        auto state = stateOf(path);
        if (!state)
            return std::move(state).error();
        disks.push_back(*std::move(state));
        auto base = baseNamedIn(path);
        if (!base)
            return std::move(base).error();
        path = *std::move(base);
    }
    return {};
}

QByteArray sampleOf(const UniqueFd& file, std::int64_t from, bool& isRead)
{
    QByteArray sample(kSampleBytes, '\0');
    qsizetype have = 0;
    while (have < sample.size()) {
        const ssize_t got = ::pread(file.fd(), sample.data() + have, static_cast<std::size_t>(sample.size() - have),
            static_cast<off_t>(from + have));
        if (got < 0 && errno == EINTR)
            continue;
        isRead = isRead && got >= 0;
        if (got <= 0)
            break;
        have += got;
    }
    return sample.first(have);
}

/// By what is in the file: it may be moved, and another may come to its place.
Result<std::string> notePathOf(const DataFolders& folders, const QString& savedFile)
{
    const auto file = openPath(savedFile.toStdString(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file)
        return file.error();
    struct stat found { };
    if (::fstat(file->fd(), &found) != 0 || !S_ISREG(found.st_mode))
        return Error{ ErrorCode::InvalidArgument, savedFile.toStdString() + " is no file", 0, {} };
    bool isRead = true;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(sampleOf(*file, 0, isRead));
    hash.addData(sampleOf(*file, std::max<std::int64_t>(found.st_size - kSampleBytes, 0), isRead));
    if (!isRead)
        return Error{ ErrorCode::Unavailable, savedFile.toStdString() + " cannot be read", 0, {} };
    return folders.data + "/saved/" + std::to_string(found.st_size) + '-' + hash.result().toHex().toStdString()
        + ".json";
}

QByteArray noteOf(const std::vector<SavedDisk>& disks)
{
    QJsonArray array;
    for (const SavedDisk& disk : disks) // numbers as text: 64 bits are more than JSON's
        array.append(QJsonArray{ disk.path, QString::number(disk.device), QString::number(disk.inode),
            QString::number(disk.bytes), QString::number(disk.writtenNanoseconds) });
    return QJsonDocument(QJsonObject{ { QStringLiteral("disks"), array } }).toJson(QJsonDocument::Compact);
}

Result<std::vector<SavedDisk>> disksIn(const std::string& note)
{
    const QJsonValue array = QJsonDocument::fromJson(QByteArray::fromStdString(note))[QLatin1String("disks")];
    if (!array.isArray())
        return Error{ ErrorCode::Corrupt, "what was noted of its disks cannot be read", 0, {} };
    std::vector<SavedDisk> disks;
    for (const QJsonValue each : array.toArray())
        disks.push_back({ each[0].toString(), each[1].toString().toULongLong(), each[2].toString().toULongLong(),
            each[3].toString().toULongLong(), each[4].toString().toLongLong() });
    return disks;
}

} // namespace

Result<std::vector<SavedDisk>> savedDisksOf(virConnectPtr connection, const QByteArray& domainXml)
{
    const auto xml = DomainXml::parse(domainXml);
    if (!xml)
        return xml.error();
    std::vector<SavedDisk> disks;
    for (xmlNodePtr disk : childElements(xml->devices())) {
        if (!isElement(disk, "disk") || isThere(disk, QStringLiteral("readonly")))
            continue;
        const auto path = savedPathOf(connection, disk);
        auto added = path ? addChain(disks, *path) : Result<>(path.error());
        if (!added)
            return std::move(added).error().withContext("whether the disk "
                + textAt(disk, QStringLiteral("target@dev")).toStdString()
                + " is as it was when that memory was saved cannot be told");
    }
    return disks;
}

Result<> noteSavedDisks(const DataFolders& folders, const QString& savedFile, const std::vector<SavedDisk>& disks)
{
    const auto path = notePathOf(folders, savedFile);
    if (!path)
        return path.error();
    if (auto made = makeFolders(folders.data + "/saved"); !made)
        return made;
    const std::string note = noteOf(disks).toStdString();
    const auto before = readFile(*path);
    const bool isTwice = before && *before != note; // two memories that look alike: neither is told apart by this
    return writeFileAtomically(*path, isTwice ? std::string("{}") : note);
}

Result<> checkSavedDisks(const DataFolders& folders, const QString& savedFile, const std::vector<SavedDisk>& disks)
{
    const auto path = notePathOf(folders, savedFile);
    const auto note = path ? readFile(*path) : Result<std::string>(path.error());
    const auto then = note ? disksIn(*note) : Result<std::vector<SavedDisk>>(note.error());
    if (!then)
        return Error{ ErrorCode::Unavailable,
            "how its disks were when that memory was saved is not known here: it may not fit them any more", 0,
            kSavedHint };
    for (const SavedDisk& disk : disks) {
        if (std::find(then->begin(), then->end(), disk) == then->end())
            return Error{ ErrorCode::Busy, disk.path.toStdString() + " was written since that memory was saved", 0,
                std::string("Going on from it would damage what is on the disk. ") + kSavedHint };
    }
    if (then->size() != disks.size())
        return Error{ ErrorCode::Busy, "its disks are others than when that memory was saved", 0, kSavedHint };
    return {};
}

} // namespace twinhull
