// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_tail.h"

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

constexpr qsizetype kLongestTailRecord = 256 << 10; // far above what the monitor writes
constexpr qint64 kPieceOfTail = 256 << 10;

std::string_view partOf(const QByteArray& bytes, qsizetype from, qsizetype to)
{
    return { bytes.constData() + from, static_cast<std::size_t>(to - from) };
}

} // namespace

LogTail::LogTail(std::uint64_t lines, const LogChoice& choice) : m_lines(lines), m_choice(choice) { }

/// Read from the end: a line is what its last record begins, which has no line end where more is to come. What else a
/// console says counts where it is printed: its time is that of a record before it, which is not known yet.
bool LogTail::beginsLine(std::string_view record)
{
    const auto line = parseLogLine(record);
    if (!line)
        return m_choice.wantsBothStreams();
    if (!m_choice.wants(*line))
        return false;
    const bool isLast = !std::exchange(m_isSeen[static_cast<std::size_t>(line->stream)], true);
    return isLast || line->piece == LogPiece::Line;
}

bool LogTail::isOneTooMany(std::string_view record)
{
    if (!beginsLine(record))
        return false;
    if (m_lines == 0)
        return true;
    --m_lines;
    return false;
}

qint64 LogTail::offsetIn(QFile& file)
{
    QByteArray begun; // of the record whose end was read
    bool isLast = true; // the end of the file: nothing follows it
    for (qint64 end = file.size(); end > 0;) {
        const qint64 start = std::max<qint64>(end - kPieceOfTail, 0);
        file.seek(start);
        const QByteArray piece = file.read(end - start) + begun;
        qsizetype recordEnd = piece.size();
        for (auto at = piece.lastIndexOf('\n'); at >= 0; at = at == 0 ? -1 : piece.lastIndexOf('\n', at - 1)) {
            const bool isRecord = !isLast || recordEnd > at + 1;
            if (isRecord && isOneTooMany(partOf(piece, at + 1, recordEnd)))
                return std::min<qint64>(start + recordEnd + 1, file.size());
            isLast = false;
            recordEnd = at;
        }
        if (recordEnd > kLongestTailRecord)
            return start; // no lines at all
        begun = piece.left(recordEnd);
        end = start;
    }
    if (!begun.isEmpty() && isOneTooMany(partOf(begun, 0, begun.size())))
        return std::min<qint64>(begun.size() + 1, file.size());
    return 0;
}

void keepTail(std::vector<OpenLog>& files, std::uint64_t lines, const LogChoice& choice)
{
    LogTail tail(lines, choice);
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        (*file)->seek(tail.offsetIn(**file));
        if (tail.wantsMore())
            continue;
        files.erase(files.begin(), file.base() - 1); // none of theirs is wanted
        return;
    }
}

} // namespace twinhull
