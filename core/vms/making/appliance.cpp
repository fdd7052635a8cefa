// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/appliance.h"

#include "core/base/files.h"
#include "core/vms/disks/disk_probe.h"
#include "core/vms/disks/tar_index.h"

#include <QFileInfo>
#include <QRegularExpression>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr std::uint64_t kMostTextBytes = 4U << 20U;

Error brokenAppliance(std::string what)
{
    return Error{ ErrorCode::Corrupt, std::move(what), 0, "Get the appliance anew: its files do not fit together" };
}

Result<std::uint64_t> regularSize(const UniqueFd& file, const QString& name)
{
    struct stat info { };
    if (::fstat(file.fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + name.toStdString());
    if (!S_ISREG(info.st_mode))
        return brokenAppliance(name.toStdString() + " is no regular file");
    return static_cast<std::uint64_t>(info.st_size);
}

} // namespace

Result<QByteArray> readWhole(const ApplianceFile& file, std::uint64_t limitBytes)
{
    if (file.bytes > limitBytes)
        return brokenAppliance("a text of the appliance is larger than any");
    QByteArray text(static_cast<qsizetype>(file.bytes), '\0');
    for (qsizetype done = 0; done < text.size();) {
        const auto got = ::pread(file.file->fd(), text.data() + done, static_cast<std::size_t>(text.size() - done),
            static_cast<off_t>(file.offset) + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? Error::fromErrno(errno, "read the appliance")
                           : brokenAppliance("the appliance ends within a file");
        done += got;
    }
    return text;
}

QCryptographicHash::Algorithm hashNamed(const QString& algorithm)
{
    if (algorithm == u"SHA1")
        return QCryptographicHash::Sha1;
    return algorithm == u"SHA256" ? QCryptographicHash::Sha256 : QCryptographicHash::Sha512;
}

Result<> checkDigest(const QString& name, const QByteArray& foundHex, const ManifestDigest& said)
{
    if (foundHex == said.hex)
        return {};
    return brokenAppliance(name.toStdString() + " is not what the manifest says: its " + said.algorithm.toStdString()
        + " is " + foundHex.toStdString() + " and should be " + said.hex.toStdString());
}

Result<Appliance> Appliance::open(const QString& path)
{
    Appliance appliance;
    const bool isArchive = path.endsWith(QLatin1String(".ova"), Qt::CaseInsensitive);
    auto read = isArchive ? appliance.readArchive(path) : appliance.readFolder(path);
    if (!read)
        return std::move(read).error().withContext("read the appliance " + path.toStdString());
    return appliance;
}

Result<> Appliance::readArchive(const QString& path)
{
    auto file = openDisk(path);
    if (!file)
        return std::move(file).error();
    const auto shared = std::make_shared<const UniqueFd>(*std::move(file));
    const auto members = indexTar(*shared);
    if (!members)
        return members.error();
    QString description;
    QString manifest;
    for (const TarMember& member : *members) {
        QString name = QString::fromStdString(member.name);
        if (name.startsWith(QLatin1String("./")))
            name.remove(0, 2);
        if (!isPlainFileName(name))
            continue; // no description can name it
        if (m_members.contains(name))
            return brokenAppliance(name.toStdString() + " is there twice");
        m_members.insert(name, { shared, member.offset, member.bytes, false });
        if (description.isEmpty() && name.endsWith(QLatin1String(".ovf"), Qt::CaseInsensitive))
            description = name;
        if (manifest.isEmpty() && name.endsWith(QLatin1String(".mf"), Qt::CaseInsensitive))
            manifest = name;
    }
    if (description.isEmpty())
        return brokenAppliance("there is no description (.ovf) in it");
    return readDescription(description, manifest);
}

Result<> Appliance::readFolder(const QString& path)
{
    const QFileInfo info(path);
    auto folder = openPath(info.absolutePath().toStdString(), O_PATH | O_DIRECTORY);
    if (!folder)
        return std::move(folder).error();
    m_folder = std::make_shared<const UniqueFd>(*std::move(folder));
    if (!isPlainFileName(info.fileName()))
        return Error{ ErrorCode::InvalidArgument, "the name of the file", 0, "Give it another name" };
    const QString manifest = info.completeBaseName() + QStringLiteral(".mf");
    const bool hasManifest = exists((info.absolutePath() + u'/' + manifest).toStdString());
    return readDescription(info.fileName(), hasManifest ? manifest : QString());
}

Result<ApplianceFile> Appliance::file(const QString& name) const
{
    if (!m_folder) {
        const auto found = m_members.constFind(name);
        return found != m_members.constEnd()
            ? Result<ApplianceFile>(*found)
            : Error{ ErrorCode::NotFound, name.toStdString() + " is missing in the appliance", ENOENT,
                  "Get the appliance anew" };
    }
    auto file = openAt(*m_folder, name.toStdString(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (!file && file.error().sysErrno == ENOENT)
        return Error{ ErrorCode::NotFound, name.toStdString() + " is missing beside the description", ENOENT,
            "Put it there" };
    if (!file)
        return std::move(file).error();
    const auto bytes = regularSize(*file, name);
    if (!bytes)
        return bytes.error();
    return ApplianceFile{ std::make_shared<const UniqueFd>(*std::move(file)), 0, *bytes, true };
}

Result<std::optional<ManifestDigest>> Appliance::digestOf(const QString& name) const
{
    using Said = std::optional<ManifestDigest>;
    if (!m_hasManifest)
        return Said();
    const auto found = m_digests.constFind(name);
    return found != m_digests.constEnd() ? Result<Said>(Said(*found))
                                         : brokenAppliance("the manifest does not know " + name.toStdString());
}

Result<> Appliance::readManifest(const QByteArray& text)
{
    static const QRegularExpression line(QStringLiteral(R"(^(SHA1|SHA256|SHA512)\s*\((.+)\)\s*=\s*([0-9a-fA-F]+)$)"));
    for (const QByteArray& each : text.split('\n')) {
        const QString words = QString::fromUtf8(each).trimmed();
        if (words.isEmpty())
            continue;
        const auto match = line.match(words);
        if (!match.hasMatch() || m_digests.size() >= 1000)
            return brokenAppliance("the manifest is none: \"" + words.left(60).toStdString() + "\"");
        m_digests.insert(match.captured(2), { match.captured(1), match.captured(3).toLatin1().toLower() });
    }
    m_hasManifest = true;
    return {};
}

Result<> Appliance::readDescription(const QString& descriptionName, const QString& manifestName)
{
    const auto textOf = [this](const QString& name) -> Result<QByteArray> {
        const auto found = file(name);
        return found ? readWhole(*found, kMostTextBytes) : Result<QByteArray>(found.error());
    };
    const auto xml = textOf(descriptionName);
    if (!xml)
        return xml.error();
    if (!manifestName.isEmpty()) {
        const auto manifest = textOf(manifestName);
        auto read = manifest ? readManifest(*manifest) : Result<>(manifest.error());
        if (!read)
            return read;
    }
    const auto said = digestOf(descriptionName);
    if (!said)
        return said.error();
    if (*said) {
        const auto found = QCryptographicHash::hash(*xml, hashNamed((*said)->algorithm)).toHex();
        if (auto checked = checkDigest(descriptionName, found, **said); !checked)
            return checked;
    }
    auto document = readOvf(*xml);
    if (!document)
        return std::move(document).error();
    m_document = *std::move(document);
    return {};
}

} // namespace twinhull
