// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/tar_builder.h"

#include <cstdio>

namespace twinhull::test {

namespace {

constexpr std::size_t kBlock = 512;
constexpr long long kSomeTime = 1'700'000'000;

void put(std::string& header, std::size_t offset, const std::string& text)
{
    header.replace(offset, text.size(), text);
}

std::string octal(unsigned long long value, int digits)
{
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", digits, value);
    return text;
}

} // namespace

TarBuilder& TarBuilder::add(const TarMember& member)
{
    std::string header(kBlock, '\0');
    const auto size = member.claimedSize >= 0 ? static_cast<unsigned long long>(member.claimedSize)
                                              : static_cast<unsigned long long>(member.content.size());
    put(header, 0, member.path);
    put(header, 100, octal(member.mode, 7));
    put(header, 108, octal(member.uid, 7));
    put(header, 116, octal(member.gid, 7));
    put(header, 124, octal(size, 11));
    put(header, 136, octal(kSomeTime, 11));
    put(header, 148, std::string(8, ' '));
    header[156] = member.type;
    put(header, 157, member.link);
    put(header, 257,
        std::string("ustar\0"
                    "00",
            8));
    put(header, 329, octal(member.deviceMajor, 7));
    put(header, 337, octal(member.deviceMinor, 7));
    unsigned sum = 0;
    for (const char byte : header)
        sum += static_cast<unsigned char>(byte);
    put(header, 148, octal(sum, 6) + '\0' + ' ');
    m_bytes += header + member.content;
    m_bytes.resize((m_bytes.size() + kBlock - 1) / kBlock * kBlock);
    return *this;
}

TarBuilder& TarBuilder::file(const std::string& path, const std::string& content)
{
    return add({ path, '0', content });
}

TarBuilder& TarBuilder::folder(const std::string& path)
{
    TarMember member;
    member.path = path;
    member.type = '5';
    member.mode = 0755;
    return add(member);
}

std::string TarBuilder::build() const
{
    return m_bytes + std::string(2 * kBlock, '\0');
}

} // namespace twinhull::test
