// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/appliance_disks.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/images/archive_reader.h"
#include "core/vms/disks/disk_conversion.h"
#include "core/vms/disks/disk_tools.h"

#include <QCoreApplication>

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kBlankDiskDeadline{ 60 };
constexpr std::size_t kPieceBytes = 1U << 20U;
constexpr std::uint64_t kMostDiskBytes = std::uint64_t{ 64 } << 40U;
/// What a file of a disk may be larger than the disk: its own tables.
constexpr std::uint64_t kDiskTables = std::uint64_t{ 64 } << 20U;

QString applianceTr(const char* text)
{
    return QCoreApplication::translate("ApplianceDisks", text);
}

/// The file's bytes, which are hashed and counted as they go by.
class ApplianceStream {
public:
    ApplianceStream(ApplianceFile file, const std::optional<ManifestDigest>& said, JobContext& context)
        : m_file(std::move(file)), m_context(context), m_piece(kPieceBytes, '\0')
    {
        if (said)
            m_hash = std::make_unique<QCryptographicHash>(hashNamed(said->algorithm));
    }

    ByteSource source()
    {
        return [this] { return next(); };
    }
    QByteArray hex() const { return m_hash->result().toHex(); }

private:
    Result<std::string_view> next()
    {
        if (m_context.isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        const std::size_t wanted = std::min<std::uint64_t>(m_piece.size(), m_file.bytes - m_done);
        if (wanted == 0)
            return std::string_view();
        const auto got = ::pread(m_file.file->fd(), m_piece.data(), wanted, static_cast<off_t>(m_file.offset + m_done));
        if (got <= 0)
            return got < 0 ? Error::fromErrno(errno, "read the appliance")
                           : Error{ ErrorCode::Corrupt, "the appliance became shorter", 0, {} };
        if (m_hash)
            m_hash->addData(QByteArrayView(m_piece.data(), got));
        m_done += static_cast<std::uint64_t>(got);
        m_context.setProgress(static_cast<qint64>(m_done), static_cast<qint64>(m_file.bytes));
        return std::string_view(m_piece.data(), static_cast<std::size_t>(got));
    }

    ApplianceFile m_file;
    JobContext& m_context;
    std::string m_piece;
    std::uint64_t m_done = 0;
    std::unique_ptr<QCryptographicHash> m_hash;
};

Result<> writeStream(const ByteSource& source, const std::string& path)
{
    const auto file = openPath(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!file)
        return file.error();
    while (true) {
        const auto piece = source();
        if (!piece)
            return piece.error();
        if (piece->empty())
            return {};
        if (auto written = writeAll(*file, *piece); !written)
            return std::move(written).error().withContext("unpack to " + path);
    }
}

class DiskMaking {
public:
    DiskMaking(const Appliance& appliance, QString folder, std::uint64_t firstBytes, JobContext& context)
        : m_appliance(appliance), m_folder(std::move(folder)), m_firstBytes(firstBytes), m_context(context)
    {
    }

    Result<> run()
    {
        if (auto room = checkRoom(); !room)
            return room;
        const auto& disks = m_appliance.document().disks;
        for (std::size_t i = 0; i < disks.size(); ++i) {
            const std::uint64_t bytes = i == 0 ? m_firstBytes : 0;
            const std::string target = applianceDiskPath(m_folder, i).toStdString();
            auto made = disks[i].fileName.isEmpty() ? makeBlank(disks[i], target) : make(disks[i], target, bytes);
            if (!made)
                return std::move(made).error().withContext(disks[i].fileName.isEmpty()
                        ? "disk " + std::to_string(i + 1) + " of the appliance"
                        : "the disk " + disks[i].fileName.toStdString() + " of the appliance");
        }
        return {};
    }

private:
    bool isUnpacked(const OvfDisk& disk, const ApplianceFile& file) const { return disk.isGzipped || !file.isWhole; }

    /// One disk at a time is unpacked, and the copies take about what is packed now or more.
    Result<> checkRoom() const
    {
        std::uint64_t needed = 0;
        std::uint64_t largest = 0;
        for (const OvfDisk& disk : m_appliance.document().disks) {
            if (disk.fileName.isEmpty())
                continue;
            const auto file = m_appliance.file(disk.fileName);
            if (!file)
                return file.error();
            needed += std::min(file->bytes, kMostDiskBytes);
            if (isUnpacked(disk, *file))
                largest = std::max(largest, file->bytes);
        }
        needed += largest;
        struct statvfs room { };
        if (::statvfs(m_folder.toUtf8().constData(), &room) != 0)
            return Error::fromErrno(errno, "ask for the room in " + m_folder.toStdString());
        const std::uint64_t available = std::uint64_t{ room.f_bavail } * room.f_frsize;
        if (needed <= available)
            return {};
        return Error{ ErrorCode::OutOfSpace,
            "its disks need at least " + formatBytes(needed) + " in " + m_folder.toStdString() + ", which has "
                + formatBytes(available),
            0, "Make room there" };
    }

    Result<> makeBlank(const OvfDisk& disk, const std::string& target) const
    {
        if (disk.capacityBytes > kMostDiskBytes)
            return Error{ ErrorCode::Corrupt, "it says that it has more than 64 TiB", 0, {} };
        auto create = qemuImg({ "create", "-q", "-f", "qcow2", target, std::to_string(disk.capacityBytes) });
        if (!create)
            return std::move(create).error();
        auto made = outputOf(*create, CommandRun{ kBlankDiskDeadline });
        return made ? Result<>() : std::move(made).error();
    }

    Result<> make(const OvfDisk& disk, const std::string& target, std::uint64_t bytes) const
    {
        auto file = m_appliance.file(disk.fileName);
        if (!file)
            return std::move(file).error();
        const auto said = m_appliance.digestOf(disk.fileName);
        if (!said)
            return said.error();
        if (!isUnpacked(disk, *file)) {
            auto checked = *said ? read(disk, *file, *said, {}) : Result<>();
            return checked ? convert(*file->file, target, bytes) : checked;
        }
        const std::string unpacked = target + ".packed";
        if (auto written = read(disk, *file, *said, unpacked); !written)
            return written;
        const auto opened = openDisk(QString::fromStdString(unpacked));
        auto made = opened ? convert(*opened, target, bytes) : Result<>(opened.error());
        return made ? removeTree(unpacked) : made;
    }

    /// Reads all of it, to `path` where there is one, and compares.
    Result<> read(const OvfDisk& disk, const ApplianceFile& file, const std::optional<ManifestDigest>& said,
        const std::string& path) const
    {
        m_context.setStep(applianceTr(path.empty() ? "Checking %1" : "Unpacking %1").arg(disk.fileName));
        ApplianceStream stream(file, said, m_context);
        if (!path.empty()) {
            auto plain = disk.isGzipped ? unzipped(stream, disk) : Result<ByteSource>(stream.source());
            auto written = plain ? writeStream(*plain, path) : Result<>(std::move(plain).error());
            if (!written)
                return written;
        }
        if (auto rest = drain(stream.source()); !rest)
            return rest;
        return said ? checkDigest(disk.fileName, stream.hex(), *said) : Result<>();
    }

    static Result<ByteSource> unzipped(ApplianceStream& stream, const OvfDisk& disk)
    {
        auto plain = decompressed(stream.source());
        const std::uint64_t most = std::min(disk.capacityBytes, kMostDiskBytes);
        return plain ? Result<ByteSource>(limited(*std::move(plain), most + most / 8 + kDiskTables)) : std::move(plain);
    }

    Result<> convert(const UniqueFd& file, const std::string& target, std::uint64_t bytes) const
    {
        const auto facts = probeDisk(file, {});
        return facts ? convertDisk(file, *facts, target, bytes, m_context) : Result<>(facts.error());
    }

    const Appliance& m_appliance;
    QString m_folder;
    std::uint64_t m_firstBytes;
    JobContext& m_context;
};

} // namespace

QString applianceDiskPath(const QString& folder, std::size_t number)
{
    return number == 0 ? folder + QStringLiteral("/disk.qcow2")
                       : QStringLiteral("%1/disk-%2.qcow2").arg(folder).arg(number + 1);
}

Result<> makeApplianceDisks(
    const Appliance& appliance, const QString& folder, std::uint64_t firstBytes, JobContext& context)
{
    return DiskMaking(appliance, folder, firstBytes, context).run();
}

} // namespace twinhull
