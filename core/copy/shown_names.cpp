// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/inside_files.h"

#include <QStringDecoder>

#include <array>

namespace twinhull {

namespace {

/// Bytes of the character that begins with this one, as UTF-8 says; 1 where none does.
std::size_t lengthOf(unsigned char first)
{
    if (first >= 0xf0)
        return 4;
    if (first >= 0xe0)
        return 3;
    return first >= 0xc0 ? 2 : 1;
}

QString escapedByte(char byte)
{
    return QStringLiteral("\\x%1").arg(static_cast<unsigned char>(byte), 2, 16, QLatin1Char('0'));
}

} // namespace

QString shownFileName(std::string_view name)
{
    QString shown;
    for (std::size_t at = 0; at < name.size();) {
        const auto length = std::min(lengthOf(static_cast<unsigned char>(name[at])), name.size() - at);
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString character = decoder.decode(QByteArrayView(name.data() + at, static_cast<qsizetype>(length)));
        const auto points = character.toUcs4();
        if (decoder.hasError() || points.size() != 1 || (length == 1 && static_cast<unsigned char>(name[at]) < 0x20)) {
            shown += escapedByte(name[at++]);
            continue;
        }
        shown += QChar::isPrint(points.front())
            ? character
            : QStringLiteral("\\u{%1}").arg(points.front(), 4, 16, QLatin1Char('0'));
        at += length;
    }
    return shown;
}

std::string pathBelow(const std::string& folder, const std::string& name)
{
    return (folder.ends_with('/') ? folder : folder + '/') + name;
}

QString shownPermissions(const ListedFile& file)
{
    const auto mode = file.attributes.permissions;
    QString text(QLatin1Char(file.kind == ListedKind::File ? '-' : static_cast<char>(file.kind)));
    constexpr std::array<char, 3> kLetters{ 'r', 'w', 'x' };
    for (unsigned i = 0; i < 9; ++i)
        text += QLatin1Char((mode & (0400U >> i)) != 0 ? kLetters[i % 3] : '-');
    const auto mark = [&text](bool isSet, qsizetype at, char over, char without) {
        if (isSet)
            text[at] = QLatin1Char(text[at] == u'x' ? over : without);
    };
    mark((mode & 04000U) != 0, 3, 's', 'S');
    mark((mode & 02000U) != 0, 6, 's', 'S');
    mark((mode & 01000U) != 0, 9, 't', 'T');
    return text;
}

} // namespace twinhull
