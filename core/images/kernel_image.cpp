// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/kernel_image.h"

#include "core/images/archive_reader.h"
#include "core/images/elf_image.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace twinhull {

namespace {

constexpr std::size_t kSetupSectors = 0x1f1;
constexpr std::size_t kMagic = 0x202;
constexpr std::size_t kVersion = 0x206;
constexpr std::size_t kPayloadOffset = 0x248;
constexpr std::size_t kHeaderEnd = 0x250;
constexpr std::size_t kSectorBytes = 512;
constexpr std::uint16_t kFirstVersionWithPayload = 0x0208;
constexpr std::size_t kSizeBytes = 4; // the build appends the uncompressed size to the payload
constexpr std::uint32_t kVmlinuxLimitBytes = 512U << 20U;
constexpr std::uint32_t kPhys32Entry = 18;
constexpr std::size_t kPageBytes = 4096;

template <typename T>
T littleEndianAt(std::string_view bytes, std::size_t offset)
{
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

/// Whole pages only.
std::size_t sizeWithoutZeroTail(std::string_view content)
{
    const auto last = content.find_last_not_of('\0');
    const std::size_t used = last == std::string_view::npos ? 0 : last + 1;
    return std::min(content.size(), (used + kPageBytes - 1) / kPageBytes * kPageBytes);
}

Error notABzImage(std::string_view why)
{
    return Error{ ErrorCode::Corrupt, "not a Linux kernel image: " + std::string(why), 0, {} };
}

Result<std::string_view> payloadOf(std::string_view image)
{
    if (image.size() < kHeaderEnd || image.substr(kMagic, 4) != "HdrS")
        return notABzImage("no boot header");
    if (littleEndianAt<std::uint16_t>(image, kVersion) < kFirstVersionWithPayload)
        return notABzImage("its boot protocol is too old");
    const auto setupSectors = static_cast<unsigned char>(image[kSetupSectors]);
    const std::size_t start = (setupSectors == 0 ? 5U : setupSectors + 1U) * kSectorBytes
        + littleEndianAt<std::uint32_t>(image, kPayloadOffset);
    const std::size_t length = littleEndianAt<std::uint32_t>(image, kPayloadOffset + 4);
    if (length <= kSizeBytes || start > image.size() || length > image.size() - start)
        return notABzImage("its payload lies outside the file");
    return image.substr(start, length);
}

} // namespace

Result<std::string> extractVmlinux(std::string_view bzImage)
{
    auto payload = payloadOf(bzImage);
    if (!payload)
        return std::move(payload).error();
    const auto size = littleEndianAt<std::uint32_t>(*payload, payload->size() - kSizeBytes);
    if (size == 0 || size > kVmlinuxLimitBytes)
        return notABzImage("its payload has an impossible size");
    auto stream = decompressed(sourceOf(payload->substr(0, payload->size() - kSizeBytes)));
    if (!stream)
        return std::move(stream).error().withContext("decompress the kernel");
    auto vmlinux = readAll(*stream, size);
    if (!vmlinux)
        return std::move(vmlinux).error().withContext("decompress the kernel");
    if (vmlinux->size() != size)
        return notABzImage("its payload is truncated");
    if (auto checked = checkPvhEntry(*vmlinux); !checked)
        return std::move(checked).error();
    trimZeroTails(*vmlinux);
    return vmlinux;
}

void trimZeroTails(std::string& vmlinux)
{
    if (!ElfImage::parse(vmlinux)) // after this every offset below lies inside
        return;
    const auto header = littleEndianAt<Elf64_Ehdr>(vmlinux, 0);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const std::size_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
        auto segment = littleEndianAt<Elf64_Phdr>(vmlinux, at);
        if (segment.p_type != PT_LOAD)
            continue;
        const std::size_t size
            = sizeWithoutZeroTail(std::string_view(vmlinux).substr(segment.p_offset, segment.p_filesz));
        if (size == segment.p_filesz)
            continue;
        segment.p_filesz = segment.p_memsz = size;
        std::memcpy(vmlinux.data() + at, &segment, sizeof segment);
    }
}

Result<> checkPvhEntry(std::string_view vmlinux)
{
    auto elf = ElfImage::parse(vmlinux);
    if (!elf)
        return std::move(elf).error().withContext("kernel");
    if (!elf->note("Xen", kPhys32Entry))
        return Error{ ErrorCode::Unsupported, "the kernel has no PVH entry (CONFIG_PVH)", 0,
            "Use Debian's cloud kernel, package linux-image-cloud-amd64." };
    return {};
}

} // namespace twinhull
