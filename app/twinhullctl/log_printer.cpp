// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_printer.h"

#include "core/base/files.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

constexpr qsizetype kLongestRecord = 256 << 10; // far above what the monitor writes

Result<> writeTo(int descriptor, const QByteArray& bytes)
{
    const UniqueFd out(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
    return writeAll(out, { bytes.constData(), static_cast<std::size_t>(bytes.size()) });
}

std::string_view viewOf(const QByteArray& bytes, qsizetype from, qsizetype to)
{
    return { bytes.constData() + from, static_cast<std::size_t>(to - from) };
}

/// Whether a record may begin so: "2026-01-31T08:15:00.123456789Z ".
bool mayBecomeRecord(const QByteArray& begun)
{
    constexpr std::string_view kShape = "0000-00-00T00:00:00.000000000Z ";
    const auto length = std::min(static_cast<std::size_t>(begun.size()), kShape.size());
    for (std::size_t i = 0; i < length; ++i) {
        const char c = begun[static_cast<qsizetype>(i)];
        if (kShape[i] == '0' ? c < '0' || c > '9' : c != kShape[i])
            return false;
    }
    return true;
}

} // namespace

bool LogChoice::isInTime(const LogLine& line) const
{
    return (since.empty() || line.time >= since) && (until.empty() || line.time <= until);
}

bool LogChoice::wants(const LogLine& line) const
{
    return (line.stream == LogStream::Output ? wantsOutput : wantsError) && isInTime(line);
}

LogPrinter::LogPrinter(WorkloadKind kind, LogChoice choice)
    : m_kind(kind), m_choice(std::move(choice)), m_json(kind), m_isLastWanted(m_choice.since.empty())
{
}

Result<> LogPrinter::take(const QByteArray& bytes)
{
    m_begun += bytes;
    qsizetype start = 0;
    for (auto end = m_begun.indexOf('\n'); end >= 0; end = m_begun.indexOf('\n', start)) {
        if (auto taken = takeRecord(viewOf(m_begun, start, end)); !taken)
            return taken;
        start = end + 1;
    }
    m_begun.remove(0, start);
    // a console's prompt has no end
    const bool isPrompt = m_kind == WorkloadKind::Vm && !m_choice.asJson && !mayBecomeRecord(m_begun);
    if (m_kind == WorkloadKind::Vm && (isPrompt || m_begun.size() > kLongestRecord)) {
        if (auto taken = takeBegun(); !taken)
            return taken;
    } else if (m_begun.size() > kLongestRecord) {
        m_begun.clear(); // no record of ours
    }
    return flush();
}

/// What has no end yet is printed so; the end follows.
Result<> LogPrinter::takeBegun()
{
    const QByteArray begun = std::exchange(m_begun, {});
    if (begun.isEmpty())
        return {};
    auto taken = takeUndated(begun);
    if (m_choice.asJson)
        m_pending[0] += m_json.rest();
    m_isInUndated = !m_choice.asJson;
    return taken;
}

Result<> LogPrinter::rest()
{
    if (m_kind == WorkloadKind::Vm) {
        if (auto taken = takeBegun(); !taken)
            return taken;
    }
    return flush();
}

Result<> LogPrinter::takeUndated(const QByteArray& bytes)
{
    if (!m_choice.wantsBothStreams() || !m_isLastWanted)
        return {};
    if (m_choice.asJson) {
        m_pending[0] += m_json.take(bytes);
        return {};
    }
    if (!m_pending[1].isEmpty()) {
        if (auto flushed = flush(); !flushed)
            return flushed;
    }
    m_pending[0] += (m_isInUndated ? QByteArray() : m_choice.prefix) + bytes;
    return m_pending[0].size() < kLongestRecord ? Result<>() : flush();
}

Result<> LogPrinter::takeRecord(std::string_view record)
{
    const auto line = m_isInUndated ? std::nullopt : parseLogLine(record);
    if (!line && m_kind == WorkloadKind::Vm) {
        auto taken = takeUndated(QByteArray(record.data(), static_cast<qsizetype>(record.size())) + '\n');
        m_isInUndated = false;
        return taken;
    }
    if (!line) // cut off where the computer stopped
        return {};
    m_isLastWanted = m_choice.isInTime(*line);
    if (!m_choice.wants(*line))
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

} // namespace twinhull
