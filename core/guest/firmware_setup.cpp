// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/firmware_setup.h"

#include <sys/io.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace twinhull {

namespace {

constexpr unsigned short kSelectorPort = 0x510;
constexpr unsigned short kDataPort = 0x511;
constexpr std::uint16_t kSignatureItem = 0x0000;
constexpr std::uint16_t kDirectoryItem = 0x0019;
constexpr std::uint32_t kEntryLimit = 4096;

struct DirectoryEntry { // all numbers big-endian
    std::uint32_t size;
    std::uint16_t item;
    std::uint16_t reserved;
    char name[56];
};
static_assert(sizeof(DirectoryEntry) == 64);

void select(std::uint16_t item)
{
    ::outw(item, kSelectorPort);
}

/// Goes on where the last read of the selected item ended.
void readBytes(void* target, std::size_t count)
{
    ::insb(kDataPort, target, count); // one trap for a whole run under KVM
    asm volatile("" ::: "memory"); // glibc's insb does not say that it writes to memory
}

bool hasFirmwareDevice()
{
    char signature[4];
    select(kSignatureItem);
    readBytes(signature, sizeof signature);
    return std::memcmp(signature, "QEMU", sizeof signature) == 0;
}

Result<DirectoryEntry> findEntry(const std::string& name)
{
    std::uint32_t count = 0;
    select(kDirectoryItem);
    readBytes(&count, sizeof count);
    count = __builtin_bswap32(count);
    for (std::uint32_t i = 0; i < count && i < kEntryLimit; ++i) {
        DirectoryEntry entry{};
        readBytes(&entry, sizeof entry);
        if (name.compare(0, std::string::npos, entry.name, ::strnlen(entry.name, sizeof entry.name)) == 0)
            return entry;
    }
    return Error{ ErrorCode::NotFound, "the firmware has no " + name, 0, {} };
}

} // namespace

Result<std::string> readFirmwareFile(const std::string& name, std::size_t limitBytes)
{
    if (::ioperm(kSelectorPort, 2, 1) != 0)
        return Error::fromErrno(errno, "ask for the firmware's ports");
    if (!hasFirmwareDevice())
        return Error{ ErrorCode::Unsupported, "this computer has no QEMU firmware device", 0, {} };
    const auto entry = findEntry(name);
    if (!entry)
        return Error(entry.error());
    const std::size_t size = __builtin_bswap32(entry->size);
    if (size > limitBytes)
        return Error{ ErrorCode::Corrupt, name + " in the firmware is too large", 0, {} };
    std::string text(size, '\0');
    select(__builtin_bswap16(entry->item));
    readBytes(text.data(), text.size());
    return text;
}

} // namespace twinhull
