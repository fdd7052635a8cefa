// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_decoder.h"

#include "core/ipc/log_line.h"

#include <QStringDecoder>

namespace twinhull {

namespace {

/// Length of the terminal sequence that begins here (ECMA-48: ESC [ parameters final, ESC ] … BEL, ESC x); 0 for none.
std::size_t sequenceLength(std::string_view text)
{
    if (text.size() < 2 || text[0] != '\x1b')
        return 0;
    if (text[1] == '[') {
        std::size_t end = 2;
        while (end < text.size() && text[end] >= 0x20 && text[end] < 0x40)
            ++end;
        return end < text.size() ? end + 1 : text.size();
    }
    if (text[1] == ']') {
        const auto bell = text.find_first_of("\x07\x1b", 2);
        return bell == std::string_view::npos ? text.size() : bell + 1;
    }
    return 2;
}

QString escaped(unsigned char byte)
{
    return QStringLiteral("\\x%1").arg(byte, 2, 16, QLatin1Char('0'));
}

/// A run of bytes without C0 control characters.
QString decodedRun(std::string_view run)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString whole = decoder(QByteArrayView(run.data(), static_cast<qsizetype>(run.size())));
    if (!decoder.hasError())
        return whole;
    QString text;
    for (const char byte : run) {
        const auto value = static_cast<unsigned char>(byte);
        text += value < 0x80 ? QString(QLatin1Char(byte)) : escaped(value);
    }
    return text;
}

/// What is no picture of a character: controls, and marks that turn the direction of the text around.
bool isDeceptive(QChar character)
{
    return character.category() == QChar::Other_Control || character.category() == QChar::Other_Format
        || character == QChar::LineSeparator || character == QChar::ParagraphSeparator;
}

/// Text without carriage returns.
QString printableStretch(std::string_view bytes)
{
    QString text;
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (const std::size_t length = sequenceLength(bytes.substr(at)); length > 0) {
            at += length;
            continue;
        }
        const auto byte = static_cast<unsigned char>(bytes[at]);
        if (byte < 0x20 || byte == 0x7f) {
            if (byte == '\t')
                text += QStringLiteral("    ");
            else
                text += escaped(byte);
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < bytes.size() && static_cast<unsigned char>(bytes[end]) >= 0x20 && bytes[end] != 0x7f)
            ++end;
        text += decodedRun(bytes.substr(at, end - at));
        at = end;
    }
    for (QChar& character : text) {
        if (isDeceptive(character))
            character = QChar::ReplacementCharacter;
    }
    return text;
}

} // namespace

QString printableText(std::string_view bytes)
{
    while (true) {
        const auto overwritten = bytes.rfind('\r');
        const auto begin = overwritten == std::string_view::npos ? 0 : overwritten + 1;
        const QString last = printableStretch(bytes.substr(begin));
        if (begin == 0)
            return last;
        bytes.remove_suffix(bytes.size() - overwritten);
        if (!last.isEmpty())
            return bytes.empty() ? last : QStringLiteral("… ") + last;
    }
}

std::vector<LogEntry> LogDecoder::decode(std::string_view bytes)
{
    std::vector<LogEntry> entries;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        if (!m_isCut)
            m_rest.append(bytes.substr(0, std::min(end, kLineLimit)));
        const bool isTooLong = m_rest.size() > kLineLimit;
        if (end != std::string_view::npos || (isTooLong && !m_isCut)) {
            if (!m_isCut)
                entries.push_back(entryOf(std::string_view(m_rest).substr(0, kLineLimit)));
            m_rest.clear();
            m_isCut = end == std::string_view::npos;
        }
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    return entries;
}

LogEntry LogDecoder::entryOf(std::string_view line)
{
    LogEntry entry;
    const auto record = parseLogLine(line);
    if (!record) {
        entry.text = printableText(line);
        m_endedInPart = false;
        return entry;
    }
    entry.time = QString::fromLatin1(record->time.data(), static_cast<qsizetype>(record->time.size())).mid(11, 12);
    entry.stream = record->stream == LogStream::Error ? LogEntry::Stream::Error : LogEntry::Stream::Output;
    entry.text = printableText(record->text);
    const bool continues = m_endedInPart && entry.stream == m_lastStream;
    entry.place = continues ? LogEntry::Place::SameLine : LogEntry::Place::NewLine;
    m_endedInPart = record->piece == LogPiece::Part;
    m_lastStream = entry.stream;
    return entry;
}

} // namespace twinhull
