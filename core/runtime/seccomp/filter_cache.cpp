// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/filter_cache.h"

#include "core/base/files.h"

#include <seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <optional>

namespace twinhull::runtime {

namespace {

constexpr std::uint32_t kMagic = 0x32464248; // "HBF2": a new one whenever other programs are written
constexpr std::size_t kFileLimitBytes = 1U << 20U;

/// Stands before the key and the program.
struct Header {
    std::uint32_t magic;
    std::uint32_t keyBytes;
    std::uint32_t instructions;
    std::uint32_t flags;
};

/// The whole profile is the key and is compared, so that two profiles never share a filter; the hash only names the
/// file.
std::string keyOf(const oci::Seccomp& profile)
{
    return "libseccomp " + seccompLibraryVersion() + " arch " + std::to_string(::seccomp_arch_native()) + " "
        + canonicalText(profile);
}

std::string hashName(std::string_view text)
{
    std::uint64_t hash = 0xcbf29ce484222325; // FNV-1a
    for (const char byte : text) {
        hash ^= static_cast<unsigned char>(byte);
        hash *= 0x100000001b3;
    }
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string name;
    for (int shift = 60; shift >= 0; shift -= 4)
        name += kDigits[(hash >> static_cast<unsigned>(shift)) & 0xfU];
    return name;
}

bool isOurs(const UniqueFd& file)
{
    struct stat info { };
    return ::fstat(file.fd(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid()
        && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::optional<SeccompFilter> load(const std::string& path, const std::string& key)
{
    auto file = openPath(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file || !isOurs(*file))
        return {};
    auto bytes = readAll(*file, kFileLimitBytes);
    Header header{};
    if (!bytes || bytes->size() < sizeof header)
        return {};
    std::memcpy(&header, bytes->data(), sizeof header);
    const std::size_t programBytes = std::size_t{ header.instructions } * sizeof(sock_filter);
    if (header.magic != kMagic || header.keyBytes != key.size() || header.instructions == 0
        || header.instructions > BPF_MAXINSNS || bytes->size() != sizeof header + key.size() + programBytes
        || bytes->compare(sizeof header, key.size(), key) != 0)
        return {};
    SeccompFilter filter{ std::vector<sock_filter>(header.instructions), header.flags };
    std::memcpy(filter.program.data(), bytes->data() + sizeof header + key.size(), programBytes);
    return filter;
}

Result<> store(const std::string& folder, const std::string& path, const std::string& key, const SeccompFilter& filter)
{
    if (auto made = makeFolders(folder); !made)
        return made;
    const Header header{ kMagic, static_cast<std::uint32_t>(key.size()),
        static_cast<std::uint32_t>(filter.program.size()), filter.flags };
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
    bytes += key;
    bytes.append(reinterpret_cast<const char*>(filter.program.data()), filter.program.size() * sizeof(sock_filter));
    return writeFileAtomically(path, bytes);
}

} // namespace

std::string FilterCache::pathOf(const oci::Seccomp& profile) const
{
    return m_folder + "/" + hashName(keyOf(profile)) + ".bpf";
}

Result<SeccompFilter> FilterCache::filterFor(const oci::Seccomp& profile) const
{
    const std::string key = keyOf(profile);
    const std::string path = m_folder + "/" + hashName(key) + ".bpf";
    if (auto cached = load(path, key))
        return *std::move(cached);
    auto compiled = compileFilter(profile);
    if (compiled)
        (void)store(m_folder, path, key, *compiled); // the next start compiles again: slower, not wrong
    return compiled;
}

} // namespace twinhull::runtime
