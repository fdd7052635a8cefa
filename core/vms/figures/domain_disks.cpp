// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/domain_disks.h"

#include "core/images/packed_image.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <set>

namespace twinhull {

namespace {

constexpr unsigned kMostFiles = 1024; ///< below one another and beside: more than any sane domain has

std::string textOf(const virDomainStatsRecord& record, const std::string& name)
{
    const char* text = nullptr;
    const int found = virTypedParamsGetString(record.params, record.nparams, name.c_str(), &text);
    return found == 1 && text != nullptr ? std::string(text) : std::string();
}

std::optional<std::uint64_t> numberOf(const virDomainStatsRecord& record, const std::string& name)
{
    unsigned long long number = 0;
    if (virTypedParamsGetULLong(record.params, record.nparams, name.c_str(), &number) != 1)
        return std::nullopt;
    return number;
}

std::vector<BlockFile> filesIn(const virDomainStatsRecord& record)
{
    unsigned count = 0;
    (void)virTypedParamsGetUInt(record.params, record.nparams, "block.count", &count); // absent: it has no disks
    std::vector<BlockFile> files;
    for (unsigned i = 0; i < std::min(count, kMostFiles); ++i) {
        const std::string group = "block." + std::to_string(i) + ".";
        files.push_back({ textOf(record, group + "name"), textOf(record, group + "path"),
            numberOf(record, group + "allocation"), numberOf(record, group + "capacity") });
    }
    return files;
}

/// While it runs libvirt tells the end of what was written last, which a file with holes does not take.
std::optional<std::uint64_t> bytesOf(const BlockFile& file, bool isHere)
{
    struct stat info { };
    if (isHere && !file.path.empty() && ::stat(file.path.c_str(), &info) == 0 && S_ISREG(info.st_mode))
        return static_cast<std::uint64_t>(info.st_blocks) * 512U;
    return file.allocated;
}

/// With one that is not told the sum is not known.
void addKnown(Reading<std::uint64_t>& sum, std::optional<std::uint64_t> bytes)
{
    if (sum)
        sum = bytes ? Reading<std::uint64_t>(*sum + *bytes) : Reading<std::uint64_t>(Needs::LibvirtAnswer);
}

Result<DiskParts> partsOf(const std::vector<BlockFile>& files, const DiskRoles& roles, bool isHere)
{
    DiskParts parts;
    parts.layers = parts.writable = std::uint64_t{ 0 };
    std::uint64_t virtualSize = 0;
    std::set<std::string> disks;
    std::set<std::string> paths; // two disks may stand on one file
    for (const BlockFile& file : files) {
        const QString path = QString::fromStdString(file.path);
        const bool isBelow = !disks.insert(file.disk).second;
        if (file.path.empty() && !file.capacity) // an empty drive
            continue;
        if (roles.mediaPaths.contains(path) || (!file.path.empty() && !paths.insert(file.path).second))
            continue;
        if (isBelow || roles.readOnlyPaths.contains(path)) {
            addKnown(parts.layers, bytesOf(file, isHere));
            continue;
        }
        if (!file.capacity)
            return Error{ ErrorCode::Busy, "libvirt does not tell the size of " + file.disk + " now", 0, {} };
        addKnown(parts.writable, bytesOf(file, isHere));
        virtualSize += *file.capacity;
    }
    parts.virtualSize = virtualSize;
    return parts;
}

/// The files that a disk is read and written through.
QStringList topsOf(const std::vector<BlockFile>& files)
{
    QStringList tops;
    std::set<std::string> disks;
    for (const BlockFile& file : files) {
        if (disks.insert(file.disk).second && !file.path.empty())
            tops << QString::fromStdString(file.path);
    }
    return tops;
}

Result<std::vector<BlockFile>> askForFiles(virDomainPtr domain)
{
    std::array<virDomainPtr, 2> list{ domain, nullptr };
    virDomainStatsRecordPtr* records = nullptr;
    constexpr unsigned kFlags = VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING;
    const int count = virDomainListGetStats(list.data(), VIR_DOMAIN_STATS_BLOCK, &records, kFlags);
    if (count < 0)
        return libvirtError("ask for its disks");
    const std::unique_ptr<virDomainStatsRecordPtr, VirDeleter<&virDomainStatsRecordListFree>> owner(records);
    if (count == 0)
        return Error{ ErrorCode::NotFound, "it ended meanwhile", 0, {} };
    return filesIn(*records[0]);
}

Result<DomainDescription> askForDefinition(virDomainPtr domain)
{
    const auto xml = xmlFrom(virDomainGetXMLDesc(domain, 0), "read the definition");
    return xml ? parseDomain(*xml) : Result<DomainDescription>(xml.error());
}

/// A file that the definition does not name either, of a disk in a network, is not asked about again.
Result<> learnRoles(const DiskQuestions& ask, const QStringList& tops, DiskRoles& roles)
{
    const auto isKnown = [&roles](const QString& path) { return roles.paths.contains(path); };
    if (std::all_of(tops.begin(), tops.end(), isKnown))
        return {};
    const auto definition = ask.definition();
    if (!definition)
        return definition.error();
    roles = rolesIn(*definition);
    roles.paths += tops;
    return {};
}

} // namespace

DiskRoles rolesIn(const DomainDescription& domain)
{
    return { domain.diskPaths, domain.mediaPaths, domain.readOnlyDiskPaths,
        domain.isFromImage() ? domain.mark->imageDigest : QString() };
}

DiskQuestions diskQuestions(virDomainPtr domain)
{
    return { [domain] { return askForFiles(domain); }, [domain] { return askForDefinition(domain); } };
}

Result<DiskParts> readDisks(const DiskQuestions& ask, DiskRoles& roles, const std::string& imagesFolder)
{
    const auto files = ask.files();
    if (!files)
        return files.error();
    if (auto learned = learnRoles(ask, topsOf(*files), roles); !learned)
        return std::move(learned).error();
    auto parts = partsOf(*files, roles, !imagesFolder.empty());
    if (!parts)
        return parts;
    parts->image = Needs::Image;
    parts->volumes = Needs::NamedVolume;
    if (!imagesFolder.empty() && !roles.imageDigest.isEmpty()) {
        const auto packed = packedImageBytes(imagesFolder, roles.imageDigest.toStdString());
        if (packed)
            parts->image = *packed;
    }
    return parts;
}

} // namespace twinhull
