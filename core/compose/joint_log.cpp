// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/joint_log.h"

#include <QFileInfo>

#include <sys/stat.h>

#include <algorithm>

namespace twinhull {

namespace {

constexpr qint64 kJointPieceBytes = 64 << 10;
constexpr qsizetype kLongestJointRecord = 256 << 10; // far above what the monitor writes
constexpr int kMostOldFiles = 100; // core/ipc/upkeep.h

/// It was not renamed away meanwhile.
bool isStillThere(const QFile& open, const QString& path)
{
    struct stat here { };
    struct stat there { };
    return ::fstat(open.handle(), &here) == 0 && ::stat(QFile::encodeName(path).constData(), &there) == 0
        && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

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

JointLogSource::JointLogSource(std::vector<std::pair<QString, qint64>> files) : m_files(std::move(files)) { }

const JointLogLine* JointLogSource::front()
{
    while (m_lines.empty()) {
        if (!readPiece())
            return nullptr;
    }
    return &m_lines.front();
}

/// False at the end of the newest file.
bool JointLogSource::readPiece()
{
    if (!m_file && !openNext())
        return false;
    const QByteArray piece = m_file->read(kJointPieceBytes);
    if (piece.isEmpty()) {
        const bool isLast = m_files.size() == 1;
        if (isLast && (m_file->size() < m_file->pos() || !isStillThere(*m_file, m_files.front().first))) {
            m_files.front().second = 0; // rotated: go on with the new one, once it is there
            m_file.reset();
            return openNext();
        }
        if (isLast)
            return false;
        m_files.erase(m_files.begin());
        m_file.reset();
        return openNext();
    }
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

bool JointLogSource::openNext()
{
    auto file = std::make_unique<QFile>(m_files.front().first);
    while (!file->open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        if (m_files.size() == 1)
            return false; // nothing was written yet
        m_files.erase(m_files.begin()); // it was rotated away just now
        file = std::make_unique<QFile>(m_files.front().first);
    }
    file->seek(m_files.front().second);
    m_file = std::move(file);
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

std::size_t JointLog::add(std::vector<std::pair<QString, qint64>> files)
{
    m_sources.emplace_back(std::move(files));
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

std::vector<std::pair<QString, qint64>> wholeLog(const QString& path)
{
    std::vector<std::pair<QString, qint64>> files{ { path, 0 } };
    for (int n = 1; n < kMostOldFiles; ++n) {
        const QString older = path + QStringLiteral(".%1").arg(n);
        if (!QFileInfo::exists(older))
            break;
        files.emplace_back(older, 0);
    }
    std::reverse(files.begin(), files.end());
    return files;
}

std::vector<std::pair<QString, qint64>> logSince(const QString& path, const std::string& since)
{
    auto files = wholeLog(path);
    for (auto& [name, begin] : files) {
        QFile file(name);
        if (file.open(QIODevice::ReadOnly))
            begin = firstNotEarlier(file, since);
    }
    return files;
}

} // namespace twinhull
