// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/domain_disks.h"

#include "core/images/packed_image.h"
#include "core/vms/domain/domain_description.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace twinhull {

namespace {

constexpr unsigned kMostFiles = 1024; ///< below one another and beside: more than any sane domain has

/// A file of a disk, as the statistics list it: those below follow the one that is written.
struct BlockFile {
    std::string disk; ///< "vda"
    std::string path; ///< empty where it is no file
    std::uint64_t allocated = 0;
    std::optional<std::uint64_t> capacity = {}; ///< absent in an empty drive, and where libvirt did not ask QEMU
};

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
            numberOf(record, group + "allocation").value_or(0), numberOf(record, group + "capacity") });
    }
    return files;
}

/// While it runs libvirt tells the end of what was written last, which a file with holes does not take.
std::uint64_t bytesOf(const BlockFile& file, bool isHere)
{
    struct stat info { };
    if (isHere && !file.path.empty() && ::stat(file.path.c_str(), &info) == 0 && S_ISREG(info.st_mode))
        return static_cast<std::uint64_t>(info.st_blocks) * 512U;
    return file.allocated;
}

Result<DiskParts> partsOf(const std::vector<BlockFile>& files, const DomainDescription& domain, bool isHere)
{
    std::uint64_t layers = 0;
    std::uint64_t writable = 0;
    std::uint64_t virtualSize = 0;
    std::set<std::string> disks;
    std::set<std::string> paths; // two disks may stand on one file
    for (const BlockFile& file : files) {
        const QString path = QString::fromStdString(file.path);
        const bool isBelow = !disks.insert(file.disk).second;
        if (file.path.empty() && !file.capacity) // an empty drive
            continue;
        if (domain.mediaPaths.contains(path) || (!file.path.empty() && !paths.insert(file.path).second))
            continue;
        if (isBelow || domain.readOnlyDiskPaths.contains(path)) {
            layers += bytesOf(file, isHere);
            continue;
        }
        if (!file.capacity)
            return Error{ ErrorCode::Busy, "libvirt does not tell the size of " + file.disk + " now", 0, {} };
        writable += bytesOf(file, isHere);
        virtualSize += *file.capacity;
    }
    DiskParts parts;
    parts.layers = layers;
    parts.writable = writable;
    parts.virtualSize = virtualSize;
    return parts;
}

} // namespace

Result<DiskParts> readDisks(virDomainPtr domain, const std::string& imagesFolder)
{
    const auto xml = xmlFrom(virDomainGetXMLDesc(domain, 0), "read the definition");
    if (!xml)
        return xml.error();
    const auto description = parseDomain(*xml);
    if (!description)
        return description.error();
    std::array<virDomainPtr, 2> list{ domain, nullptr };
    virDomainStatsRecordPtr* records = nullptr;
    constexpr unsigned kFlags = VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING;
    const int count = virDomainListGetStats(list.data(), VIR_DOMAIN_STATS_BLOCK, &records, kFlags);
    if (count < 0)
        return libvirtError("ask for its disks");
    const std::unique_ptr<virDomainStatsRecordPtr, VirDeleter<&virDomainStatsRecordListFree>> owner(records);
    if (count == 0)
        return Error{ ErrorCode::NotFound, "it ended meanwhile", 0, {} };
    auto parts = partsOf(filesIn(*records[0]), *description, !imagesFolder.empty());
    if (!parts)
        return parts;
    parts->image = Needs::Image;
    parts->volumes = Needs::NamedVolume;
    if (!imagesFolder.empty() && description->isFromImage()) {
        const auto packed = packedImageBytes(imagesFolder, description->mark->imageDigest.toStdString());
        if (packed)
            parts->image = *packed;
    }
    return parts;
}

} // namespace twinhull
