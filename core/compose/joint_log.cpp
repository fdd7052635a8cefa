// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/joint_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace twinhull {

namespace {

constexpr qint64 kJointPieceBytes = 64 << 10;
constexpr qsizetype kLongestJointRecord = 256 << 10; // far above what the monitor writes

/// The time of the record that begins here; empty at the end, and where there is none.
std::string timeAt(QFile& file)
{
    const QByteArray record = file.readLine(kLongestJointRecord);
    const auto line = parseLogLine({ record.constData(), static_cast<std::size_t>(record.size()) });
    return line ? std::string(line->time) : std::string();
}

/// Where its first record begins that is not earlier; its size when all are.
qint64 firstNotEarlier(QFile& file, const std::string& since)
{
    qint64 earlier = 0; // a record begins here, and those before are earlier
    for (qint64 end = file.size(); end - earlier > kJointPieceBytes;) {
        const qint64 middle = earlier + (end - earlier) / 2;
        file.seek(middle);
        (void)file.readLine(kLongestJointRecord); // the rest of one
        const qint64 begin = file.pos();
        if (begin < end && timeAt(file) < since)
            earlier = begin;
        else
            end = middle;
    }
    file.seek(earlier);
    qint64 begin = earlier;
    while (!file.atEnd() && timeAt(file) < since)
        begin = file.pos();
    return begin;
}

} // namespace

JointLogSource::JointLogSource(QString path, std::vector<OpenLog> files)
    : m_path(std::move(path)), m_files(std::make_move_iterator(files.begin()), std::make_move_iterator(files.end()))
{
}

const JointLogLine* JointLogSource::front()
{
    while (m_lines.empty()) {
        if (!readPiece())
            return nullptr;
    }
    return &m_lines.front();
}

/// Empty at the end of the newest file.
QByteArray JointLogSource::nextPiece()
{
    while (!m_files.empty() || openNewer()) {
        QFile& file = *m_files.front();
        if (file.pos() > file.size())
            file.seek(0); // it was cut
        const bool isWhole = m_files.size() > 1 || !isLogAt(file, m_path); // before it is read to its end
        const QByteArray piece = file.read(kJointPieceBytes);
        if (!piece.isEmpty() || !isWhole)
            return piece;
        if (m_files.size() == 1 && !openNewer())
            return {};
        m_files.pop_front();
    }
    return {};
}

/// False where nothing newer is there yet.
bool JointLogSource::openNewer()
{
    auto newer = openLogs(m_path, m_files.empty() ? nullptr : m_files.front().get());
    if (!newer || newer->empty())
        return false;
    std::move(newer->begin(), newer->end(), std::back_inserter(m_files));
    return true;
}

bool JointLogSource::readPiece()
{
    const QByteArray piece = nextPiece();
    if (piece.isEmpty())
        return false;
    m_begun += piece;
    qsizetype begin = 0;
    for (auto end = m_begun.indexOf('\n'); end >= 0; end = m_begun.indexOf('\n', begin)) {
        takeRecord({ m_begun.constData() + begin, static_cast<std::size_t>(end - begin) });
        begin = end + 1;
    }
    m_begun.remove(0, begin);
    if (m_begun.size() > kLongestJointRecord)
        m_begun.clear(); // no log of ours
    return true;
}

void JointLogSource::takeRecord(std::string_view record)
{
    const auto line = parseLogLine(record);
    if (!line) // cut off where the computer stopped
        return;
    std::string& begun = m_parts[static_cast<std::size_t>(line->stream)];
    begun += line->text;
    if (line->piece == LogPiece::Part && begun.size() < kLongestJointLine)
        return;
    m_lines.push_back({ 0, line->stream, std::string(line->time), std::exchange(begun, {}) });
}

std::size_t JointLog::add(const QString& path, std::vector<OpenLog> files)
{
    m_sources.emplace_back(path, std::move(files));
    return m_sources.size() - 1;
}

std::optional<JointLogLine> JointLog::next()
{
    JointLogSource* earliest = nullptr;
    std::size_t number = 0;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const auto* line = m_sources[i].front();
        if (line == nullptr || (earliest != nullptr && earliest->front()->time <= line->time))
            continue;
        earliest = &m_sources[i];
        number = i;
    }
    if (earliest == nullptr)
        return std::nullopt;
    JointLogLine line = *earliest->front();
    line.source = number;
    earliest->pop();
    return line;
}

void skipEarlier(std::vector<OpenLog>& files, const std::string& since)
{
    for (const OpenLog& file : files)
        file->seek(firstNotEarlier(*file, since));
}

} // namespace twinhull
