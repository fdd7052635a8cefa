// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/screen_picture.h"

#include <QList>
#include <QtEndian>

#include <array>

namespace twinhull {

namespace {

constexpr int kMostSide = 16384;
constexpr qsizetype kColours = 3;

/// PNG's own checksum, without a table: a screenshot's header and one pass over what is packed.
std::uint32_t checksumOf(const QByteArray& bytes)
{
    constexpr std::uint32_t kPolynomial = 0xedb88320U;
    std::uint32_t sum = 0xffffffffU;
    for (const char byte : bytes) {
        sum ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? kPolynomial : 0U);
    }
    return ~sum;
}

QByteArray bigEndian(std::uint32_t number)
{
    QByteArray bytes(4, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray chunk(const QByteArray& type, const QByteArray& content)
{
    return bigEndian(static_cast<std::uint32_t>(content.size())) + type + content
        + bigEndian(checksumOf(type + content));
}

struct PixelMap {
    int width = 0;
    int height = 0;
    QByteArray pixels;
};

/// "P6", width, height and 255, each behind blanks; then one blank and the pixels.
Result<PixelMap> pixelMapOf(const QByteArray& picture)
{
    const Error broken{ ErrorCode::Corrupt, "the picture of the screen is not one", 0, {} };
    std::array<int, 3> numbers{};
    qsizetype at = 2;
    if (!picture.startsWith("P6"))
        return broken;
    for (int& number : numbers) {
        while (at < picture.size() && QByteArray(" \t\r\n").contains(picture[at]))
            ++at;
        for (; at < picture.size() && picture[at] >= '0' && picture[at] <= '9' && number <= kMostSide; ++at)
            number = 10 * number + (picture[at] - '0');
    }
    PixelMap map{ numbers[0], numbers[1], picture.mid(at + 1) };
    const bool isSound = map.width > 0 && map.height > 0 && map.width <= kMostSide && map.height <= kMostSide
        && numbers[2] == 255 && map.pixels.size() >= kColours * map.width * map.height;
    return isSound ? Result<PixelMap>(std::move(map)) : broken;
}

} // namespace

Result<QByteArray> pngOfScreen(const QByteArray& picture)
{
    const QByteArray signature("\x89PNG\r\n\x1a\n");
    if (picture.startsWith(signature))
        return picture;
    const auto map = pixelMapOf(picture);
    if (!map)
        return map.error();
    QByteArray lines;
    const qsizetype lineBytes = kColours * map->width;
    lines.reserve((lineBytes + 1) * map->height);
    for (int line = 0; line < map->height; ++line)
        lines += '\0' + map->pixels.mid(line * lineBytes, lineBytes); // each with no filter
    constexpr qsizetype kLengthBytes = 4; // Qt puts the length before what zlib makes
    return signature
        + chunk("IHDR",
            bigEndian(static_cast<std::uint32_t>(map->width)) + bigEndian(static_cast<std::uint32_t>(map->height))
                + QByteArray("\x08\x02\x00\x00\x00", 5))
        + chunk("IDAT", qCompress(lines).mid(kLengthBytes)) + chunk("IEND", {});
}

} // namespace twinhull
