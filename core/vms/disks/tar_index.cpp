// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/tar_index.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>

namespace twinhull {

namespace {

constexpr std::uint64_t kTarBlock = 512;
constexpr std::size_t kMostMembers = 1000;
constexpr std::uint64_t kMostExtraBytes = 64U << 10U; ///< of a long name or pax records

Error brokenTar(std::string what)
{
    return Error{ ErrorCode::Corrupt, "the archive: " + std::move(what), 0, "Get the file anew" };
}

/// tar(5): octal digits, or after 0x80 a binary number.
std::optional<std::uint64_t> tarNumber(std::string_view field)
{
    std::uint64_t number = 0;
    if (!field.empty() && static_cast<unsigned char>(field.front()) == 0x80) {
        for (const char byte : field.substr(1)) {
            if (number >> 55U != 0)
                return std::nullopt;
            number = number << 8U | static_cast<unsigned char>(byte);
        }
        return number;
    }
    const auto begin = field.find_first_not_of(' ');
    const auto digits = begin == std::string_view::npos ? std::string_view() : field.substr(begin);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 8);
    const bool isNumber = problem == std::errc() && (end == digits.data() + digits.size() || *end == ' ' || *end == 0);
    return isNumber ? std::optional(number) : std::nullopt;
}

class TarIndex {
public:
    TarIndex(const UniqueFd& file, std::uint64_t bytes) : m_file(file), m_bytes(bytes) { }

    Result<std::vector<TarMember>> read()
    {
        for (std::uint64_t at = 0; at + kTarBlock <= m_bytes;) {
            auto header = block(at);
            if (!header)
                return std::move(header).error();
            if (header->find_first_not_of('\0') == std::string::npos)
                break; // the end
            const auto bytes = tarNumber(std::string_view(*header).substr(124, 12));
            if (!bytes || !isHeader(*header))
                return brokenTar("no header at " + std::to_string(at));
            at += kTarBlock;
            const std::uint64_t length = isExtra(*header) ? *bytes : m_nextBytes.value_or(*bytes);
            if (length > m_bytes - at)
                return brokenTar("it ends within a file");
            if (auto taken = take(*header, at, length); !taken)
                return std::move(taken).error();
            at += (length + kTarBlock - 1) / kTarBlock * kTarBlock;
        }
        return std::move(m_members);
    }

private:
    Result<std::string> bytesAt(std::uint64_t offset, std::uint64_t count) const
    {
        std::string bytes(count, '\0');
        const auto got = ::pread(m_file.fd(), bytes.data(), count, static_cast<off_t>(offset));
        if (got < 0)
            return Error::fromErrno(errno, "read the archive");
        return static_cast<std::uint64_t>(got) == count ? Result<std::string>(std::move(bytes))
                                                        : brokenTar("it became shorter");
    }
    Result<std::string> block(std::uint64_t offset) const { return bytesAt(offset, kTarBlock); }

    static bool isHeader(const std::string& header)
    {
        std::uint64_t sum = 8 * std::uint64_t{ ' ' };
        for (std::size_t i = 0; i < header.size(); ++i)
            sum += i < 148 || i >= 156 ? static_cast<unsigned char>(header[i]) : 0;
        return tarNumber(std::string_view(header).substr(148, 8)) == sum;
    }

    static bool isExtra(const std::string& header)
    {
        return std::string_view("xgLK").find(header[156]) != std::string_view::npos;
    }

    static std::string fieldOf(const std::string& header, std::size_t at, std::size_t count)
    {
        const auto field = header.substr(at, count);
        return field.substr(0, field.find('\0'));
    }

    Result<> take(const std::string& header, std::uint64_t offset, std::uint64_t bytes)
    {
        if (isExtra(header))
            return takeExtra(header[156], offset, bytes);
        std::string name = m_nextName.value_or(fieldOf(header, 0, 100));
        const bool isUstar = header.compare(257, 6, std::string_view("ustar\0", 6)) == 0;
        if (const std::string prefix = isUstar ? fieldOf(header, 345, 155) : std::string();
            !m_nextName && !prefix.empty())
            name = prefix + '/' + name;
        m_nextName.reset();
        m_nextBytes.reset();
        if (header[156] != '0' && header[156] != '\0')
            return {};
        if (m_members.size() >= kMostMembers)
            return brokenTar("it has more than a thousand files");
        m_members.push_back({ std::move(name), offset, bytes });
        return {};
    }

    Result<> takeExtra(char kind, std::uint64_t offset, std::uint64_t bytes)
    {
        if (bytes > kMostExtraBytes)
            return brokenTar("a name is longer than any");
        if (++m_extras > 2 * kMostMembers)
            return brokenTar("it has more than a thousand files");
        auto text = bytesAt(offset, bytes);
        if (!text)
            return std::move(text).error();
        if (kind == 'L')
            m_nextName = text->substr(0, text->find('\0'));
        else if (kind == 'x')
            return takeRecords(*text);
        return {};
    }

    /// "LENGTH KEY=VALUE\n" each (POSIX pax).
    Result<> takeRecords(std::string_view text)
    {
        while (!text.empty()) {
            std::size_t length = 0;
            const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length, 10);
            const auto digits = static_cast<std::size_t>(end - text.data());
            if (problem != std::errc() || length > text.size() || length < digits + 2)
                return brokenTar("its records are broken");
            const std::string_view record = text.substr(digits + 1, length - digits - 2);
            const auto cut = record.find('=');
            const std::string_view value = cut == std::string_view::npos ? std::string_view() : record.substr(cut + 1);
            if (record.substr(0, cut) == "path")
                m_nextName = std::string(value);
            std::uint64_t bytes = 0;
            if (record.substr(0, cut) == "size") {
                const auto read = std::from_chars(value.data(), value.data() + value.size(), bytes, 10);
                if (read.ec != std::errc())
                    return brokenTar("its records are broken");
                m_nextBytes = bytes;
            }
            text.remove_prefix(length);
        }
        return {};
    }

    const UniqueFd& m_file;
    std::uint64_t m_bytes;
    std::vector<TarMember> m_members;
    std::size_t m_extras = 0;
    std::optional<std::string> m_nextName;
    std::optional<std::uint64_t> m_nextBytes;
};

} // namespace

Result<std::vector<TarMember>> indexTar(const UniqueFd& file)
{
    struct stat info { };
    if (::fstat(file.fd(), &info) != 0)
        return Error::fromErrno(errno, "stat the archive");
    return TarIndex(file, static_cast<std::uint64_t>(info.st_size)).read();
}

} // namespace twinhull
