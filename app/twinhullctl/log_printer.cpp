// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_printer.h"

#include "core/base/files.h"

#include <QFile>

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

constexpr qsizetype kLongestRecord = 256 << 10; // far above what the monitor writes
constexpr qint64 kPieceOfTail = 256 << 10;

Result<> writeTo(int descriptor, const QByteArray& bytes)
{
    const UniqueFd out(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
    return writeAll(out, { bytes.constData(), static_cast<std::size_t>(bytes.size()) });
}

std::string_view viewOf(const QByteArray& bytes, qsizetype from, qsizetype to)
{
    return { bytes.constData() + from, static_cast<std::size_t>(to - from) };
}

bool endsLine(std::string_view record, WorkloadKind kind)
{
    const auto line = kind == WorkloadKind::Container ? parseLogLine(record) : std::nullopt;
    return !line || line->piece == LogPiece::Line;
}

} // namespace

LogPrinter::LogPrinter(WorkloadKind kind, LogChoice choice)
    : m_kind(kind), m_choice(std::move(choice)), m_json(kind) { }

Result<> LogPrinter::take(const QByteArray& bytes)
{
    if (m_kind == WorkloadKind::Vm)
        return writeTo(STDOUT_FILENO, m_choice.asJson ? m_json.take(bytes) : bytes);
    m_begun += bytes;
    qsizetype start = 0;
    for (auto end = m_begun.indexOf('\n'); end >= 0; end = m_begun.indexOf('\n', start)) {
        if (auto taken = takeRecord(viewOf(m_begun, start, end)); !taken)
            return taken;
        start = end + 1;
    }
    m_begun.remove(0, start);
    if (m_begun.size() > kLongestRecord)
        m_begun.clear(); // no record of ours
    return flush();
}

Result<> LogPrinter::rest()
{
    return m_kind == WorkloadKind::Vm && m_choice.asJson ? writeTo(STDOUT_FILENO, m_json.rest()) : flush();
}

bool LogPrinter::isWanted(const LogLine& line) const
{
    return (line.stream == LogStream::Output ? m_choice.wantsOutput : m_choice.wantsError)
        && (m_choice.since.empty() || line.time >= m_choice.since)
        && (m_choice.until.empty() || line.time <= m_choice.until);
}

Result<> LogPrinter::takeRecord(std::string_view record)
{
    const auto line = parseLogLine(record);
    if (!line || !isWanted(*line)) // the former: cut off where the computer stopped
        return {};
    if (m_choice.asJson) {
        m_pending[0] += m_json.take(QByteArray(record.data(), static_cast<qsizetype>(record.size())) + '\n');
        return {};
    }
    const auto stream = static_cast<std::size_t>(line->stream);
    if (!m_pending[1 - stream].isEmpty()) { // the two streams of a terminal stay in order
        if (auto flushed = flush(); !flushed)
            return flushed;
    }
    QByteArray& out = m_pending[stream];
    if (!std::exchange(m_isInLine[stream], line->piece == LogPiece::Part)) {
        out += m_choice.prefix;
        if (m_choice.hasTimes)
            out.append(line->time.data(), static_cast<qsizetype>(line->time.size())).append(' ');
    }
    out.append(line->text.data(), static_cast<qsizetype>(line->text.size()));
    if (line->piece == LogPiece::Line)
        out.append('\n');
    return out.size() < kLongestRecord ? Result<>() : flush();
}

Result<> LogPrinter::flush()
{
    for (const int stream : { 0, 1 }) {
        if (m_pending[stream].isEmpty())
            continue;
        const QByteArray bytes = std::exchange(m_pending[stream], {});
        if (auto written = writeTo(stream == 0 ? STDOUT_FILENO : STDERR_FILENO, bytes); !written)
            return written;
    }
    return {};
}

Result<qint64> tailOffset(const QString& path, WorkloadKind kind, std::uint64_t& lines)
{
    QFile file(path);
    if (!file.exists())
        return 0;
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return Error{ ErrorCode::Io, "read log " + path.toStdString() + ": " + file.errorString().toStdString(), 0,
            {} };
    QByteArray begun; // of the record whose end was read
    bool isLast = true; // the end of the file: nothing follows it
    for (qint64 end = file.size(); end > 0;) {
        const qint64 start = std::max<qint64>(end - kPieceOfTail, 0);
        file.seek(start);
        const QByteArray piece = file.read(end - start) + begun;
        qsizetype recordEnd = piece.size();
        for (auto at = piece.lastIndexOf('\n'); at >= 0; at = at == 0 ? -1 : piece.lastIndexOf('\n', at - 1)) {
            const bool isRecord = !isLast || recordEnd > at + 1;
            if (isRecord && endsLine(viewOf(piece, at + 1, recordEnd), kind) && lines-- == 0) {
                lines = 0;
                return std::min<qint64>(start + recordEnd + 1, file.size());
            }
            isLast = false;
            recordEnd = at;
        }
        if (recordEnd > kLongestRecord)
            return start; // no lines at all
        begun = piece.left(recordEnd);
        end = start;
    }
    if (!begun.isEmpty() && endsLine(viewOf(begun, 0, begun.size()), kind) && lines > 0)
        --lines;
    return 0;
}

} // namespace twinhull
