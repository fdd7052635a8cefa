// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_json.h"

#include "core/ipc/log_line.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <utility>

namespace twinhull {

namespace {

constexpr qsizetype kLongestLine = 64 << 10;

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

QByteArray jsonLine(const QJsonValue& time, const QString& stream, const QString& text, const QJsonValue& partial)
{
    const QJsonObject record{ { QStringLiteral("time"), time }, { QStringLiteral("stream"), stream },
        { QStringLiteral("text"), text }, { QStringLiteral("partial"), partial } };
    return QJsonDocument(record).toJson(QJsonDocument::Compact) + '\n';
}

QByteArray recordObject(const LogLine& line)
{
    return jsonLine(text(line.time),
        line.stream == LogStream::Output ? QStringLiteral("stdout") : QStringLiteral("stderr"), text(line.text),
        line.piece == LogPiece::Part);
}

} // namespace

QByteArray LogJson::take(const QByteArray& bytes)
{
    m_begun += bytes;
    QByteArray lines;
    qsizetype start = 0;
    for (auto end = m_begun.indexOf('\n'); end >= 0; end = m_begun.indexOf('\n', start)) {
        lines += object(m_begun.mid(start, end - start), Piece::Line);
        start = end + 1;
    }
    m_begun.remove(0, start);
    return m_begun.size() > kLongestLine ? lines + rest() : lines;
}

QByteArray LogJson::rest()
{
    return m_begun.isEmpty() ? QByteArray() : object(std::exchange(m_begun, {}), Piece::Part);
}

QByteArray LogJson::object(QByteArray line, Piece piece) const
{
    if (const auto record = parseLogLine({ line.constData(), static_cast<std::size_t>(line.size()) }))
        return recordObject(*record);
    if (m_kind == WorkloadKind::Container)
        return {}; // cut off where the computer stopped
    if (line.endsWith('\r')) // a serial console ends lines so
        line.chop(1);
    return jsonLine(QJsonValue::Null, QStringLiteral("serial"), QString::fromUtf8(line), piece == Piece::Part);
}

} // namespace twinhull
