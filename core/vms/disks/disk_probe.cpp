// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/disk_probe.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/disks/disk_tools.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kProbeDeadline{ 30 };
constexpr std::size_t kHeaderBytes = 512;
constexpr std::size_t kLongestBackingName = 1023; ///< of qcow2
constexpr std::uint64_t kMostVirtualBytes = std::uint64_t{ 64 } << 40U;
constexpr std::uint64_t kQcowDataFile = 1U << 2U; ///< an incompatible feature

using DiskHeader = std::array<char, kHeaderBytes>;

Error refusedDisk(const std::string& what, std::string hint = {})
{
    return Error{ ErrorCode::InvalidArgument, what, 0, std::move(hint) };
}

Error foreignFile(const std::string& what)
{
    return refusedDisk(what + "; a VM of it could read that file",
        "Where the disk is your own, make one file of it first: qemu-img convert -O qcow2 DISK NEW");
}

template <typename Number>
Number bigAt(const DiskHeader& header, std::size_t offset)
{
    return qFromBigEndian<Number>(header.data() + offset);
}

template <typename Number>
Number littleAt(const DiskHeader& header, std::size_t offset)
{
    return qFromLittleEndian<Number>(header.data() + offset);
}

bool beginsWith(const DiskHeader& header, std::string_view magic, std::size_t offset = 0)
{
    return std::equal(magic.begin(), magic.end(), header.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// What a disk calls a file, fit to be shown.
std::string shownName(std::string name)
{
    std::replace_if(
        name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }, '?');
    return name;
}

std::string backingName(const UniqueFd& file, const DiskHeader& header)
{
    std::string name(std::min<std::size_t>(bigAt<quint32>(header, 16), kLongestBackingName), '\0');
    const auto got = ::pread(file.fd(), name.data(), name.size(), static_cast<off_t>(bigAt<quint64>(header, 8)));
    name.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return shownName(std::move(name));
}

Result<QString> checkQcow(const UniqueFd& file, const DiskHeader& header)
{
    const auto version = bigAt<quint32>(header, 4);
    if (version != 2 && version != 3)
        return Error{ ErrorCode::Unsupported, "qcow of version " + std::to_string(version), 0,
            "Convert it first: qemu-img convert -O qcow2 DISK NEW" };
    if (bigAt<quint64>(header, 8) != 0)
        return foreignFile("the disk has a backing file, " + backingName(file, header));
    if (version == 3 && (bigAt<quint64>(header, 72) & kQcowDataFile) != 0)
        return foreignFile("the disk keeps its data in another file");
    if (bigAt<quint32>(header, 32) != 0)
        return Error{ ErrorCode::Unsupported, "the disk is encrypted", 0, "Decrypt it first with qemu-img convert" };
    return QStringLiteral("qcow2");
}

} // namespace

Result<QString> formatOfDisk(const UniqueFd& file)
{
    DiskHeader header{};
    if (::pread(file.fd(), header.data(), header.size(), 0) < 0)
        return Error::fromErrno(errno, "read the disk");
    if (beginsWith(header, "QFI\xfb"))
        return checkQcow(file, header);
    if (beginsWith(header, "KDMV")) // a capacity of 0 says that a descriptor within names the extents
        return littleAt<quint64>(header, 12) != 0 ? Result<QString>(QStringLiteral("vmdk"))
                                                  : foreignFile("the disk keeps its data in other files");
    if (beginsWith(header, "# Disk DescriptorFile"))
        return foreignFile("this is the description of a VMware disk, whose data is in other files");
    if (beginsWith(header, std::string_view("QED\0", 4)))
        return refusedDisk("a disk of QEMU's old format QED", "Convert it first: qemu-img convert -O qcow2 DISK NEW");
    if (beginsWith(header, "vhdxfile"))
        return QStringLiteral("vhdx");
    if (beginsWith(header, "conectix"))
        return QStringLiteral("vpc");
    if (beginsWith(header, "\x7f\x10\xda\xbe", 64) || beginsWith(header, "\xbe\xda\x10\x7f", 64))
        return QStringLiteral("vdi");
    return QStringLiteral("raw");
}

Result<UniqueFd> openDisk(const QString& path)
{
    auto file = openPath(path.toStdString(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file)
        return file;
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + path.toStdString());
    if (!S_ISREG(info.st_mode))
        return refusedDisk(path.toStdString() + " is no regular file", "Choose the file of a disk");
    return file;
}

Result<DiskFacts> probeDisk(const UniqueFd& file, const QString& claimed)
{
    const auto found = formatOfDisk(file);
    if (!found && claimed != u"raw")
        return found.error();
    if (!claimed.isEmpty() && claimed != u"raw" && claimed != *found)
        return refusedDisk("the disk is " + found->toStdString() + ", not " + claimed.toStdString());
    DiskFacts facts{ claimed.isEmpty() ? *found : claimed, 0 };
    auto command = qemuImg({ "info", "--output=json", "-f", facts.format.toStdString(), kInheritedDisk });
    if (!command)
        return std::move(command).error();
    CommandRun run{ kProbeDeadline };
    run.extra = file.fd();
    auto text = outputOf(*command, run);
    if (!text)
        return std::move(text).error().withContext("look at the disk");
    const QJsonObject told = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    if (const QString backing = told[u"backing-filename"].toString(); !backing.isEmpty()) // a VMware disk may have one
        return foreignFile("the disk has a backing file, " + shownName(backing.toStdString()));
    if (told[u"encrypted"].toBool())
        return Error{ ErrorCode::Unsupported, "the disk is encrypted", 0, "Decrypt it first with qemu-img convert" };
    const double bytes = told[u"virtual-size"].toDouble();
    if (!(bytes >= 1) || bytes > static_cast<double>(kMostVirtualBytes))
        return Error{ ErrorCode::Corrupt, "the disk is empty, or says that it has more than 64 TiB", 0, {} };
    facts.virtualBytes = static_cast<std::uint64_t>(bytes);
    return facts;
}

Result<DiskFacts> probeFor(const MachineImport& machine, const UniqueFd& file)
{
    auto facts = probeDisk(file, machine.format);
    const bool isUsable
        = !facts || machine.handling == DiskHandling::Copy || facts->format == u"qcow2" || facts->format == u"raw";
    return isUsable ? std::move(facts)
                    : Error{ ErrorCode::Unsupported,
                          "a disk of format " + facts->format.toStdString() + " is not used in place", 0, "Copy it" };
}

} // namespace twinhull
