// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/protobuf.h"

namespace twinhull::runtime {

namespace {

enum WireKind : unsigned { kVarint = 0, kEightBytes = 1, kLength = 2, kFourBytes = 5 };

constexpr unsigned kKindBits = 3;
constexpr unsigned kVarintBits = 7;
constexpr unsigned kNumberBits = 64;

} // namespace

void ProtobufWriter::addVarint(std::uint64_t value)
{
    for (; value >= 0x80U; value >>= kVarintBits)
        m_bytes.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    m_bytes.push_back(static_cast<char>(value));
}

void ProtobufWriter::addNumber(unsigned field, std::uint64_t value)
{
    addVarint((std::uint64_t{ field } << kKindBits) | kVarint);
    addVarint(value);
}

void ProtobufWriter::addNumber(unsigned field, int value)
{
    addNumber(field, static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
}

void ProtobufWriter::addText(unsigned field, std::string_view text)
{
    addVarint((std::uint64_t{ field } << kKindBits) | kLength);
    addVarint(text.size());
    m_bytes += text;
}

std::optional<std::uint64_t> ProtobufReader::takeVarint()
{
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < kNumberBits && !m_rest.empty(); shift += kVarintBits) {
        const auto byte = static_cast<unsigned char>(m_rest.front());
        m_rest.remove_prefix(1);
        value |= std::uint64_t{ byte & 0x7FU } << shift;
        if ((byte & 0x80U) == 0)
            return value;
    }
    return {};
}

bool ProtobufReader::takeBytes(std::uint64_t count, std::string_view& bytes)
{
    if (count > m_rest.size())
        return false;
    bytes = m_rest.substr(0, static_cast<std::size_t>(count));
    m_rest.remove_prefix(bytes.size());
    return true;
}

std::optional<ProtobufField> ProtobufReader::next()
{
    if (m_rest.empty() || !m_isWhole)
        return {};
    m_isWhole = false;
    const auto key = takeVarint();
    if (!key)
        return {};
    ProtobufField field;
    field.field = static_cast<unsigned>(*key >> kKindBits);
    const auto kind = static_cast<unsigned>(*key & 0x7U);
    if (kind == kVarint || kind == kLength) {
        const auto number = takeVarint();
        if (!number)
            return {};
        m_isWhole = kind == kVarint || takeBytes(*number, field.text);
        field.number = kind == kVarint ? *number : 0;
    } else if (kind == kEightBytes || kind == kFourBytes) {
        m_isWhole = takeBytes(kind == kEightBytes ? 8 : 4, field.text);
        field.text = {};
    }
    return m_isWhole ? std::optional(field) : std::nullopt;
}

} // namespace twinhull::runtime
