// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_text.h"

#include <QDir>
#include <QHostAddress>
#include <QRegularExpression>

#include <optional>

namespace twinhull {

namespace {

std::optional<std::uint16_t> portNumber(const QString& text)
{
    bool isNumber = false;
    const uint number = text.toUInt(&isNumber);
    if (!isNumber || number == 0 || number > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(number);
}

std::optional<PublishedPort> parsePort(QString text)
{
    if (text.endsWith(u"/tcp"))
        text.chop(4);
    const QStringList parts = text.split(QLatin1Char(':'));
    if (parts.size() > 3)
        return std::nullopt;
    const auto inside = portNumber(parts.back());
    const auto host = portNumber(parts.size() == 1 ? parts.back() : parts[parts.size() - 2]);
    if (!inside || !host)
        return std::nullopt;
    PublishedPort port;
    if (parts.size() == 3) {
        if (QHostAddress(parts[0]).protocol() != QAbstractSocket::IPv4Protocol)
            return std::nullopt;
        port.hostAddress = parts[0];
    }
    port.hostPort = *host;
    port.workloadPort = *inside;
    return port;
}

QString withHome(const QString& path)
{
    if (path == u"~" || path.startsWith(u"~/"))
        return QDir::homePath() + path.mid(1);
    return path;
}

std::optional<Mount> parseMount(const QString& text)
{
    QStringList parts = text.split(QLatin1Char(':'));
    Mount mount;
    if (parts.size() == 3 && (parts[2] == u"ro" || parts[2] == u"rw"))
        mount.readOnly = parts.takeLast() == u"ro";
    if (parts.size() != 2)
        return std::nullopt;
    mount.source = withHome(parts[0].trimmed());
    mount.target = parts[1].trimmed();
    const bool isVolume = !mount.source.contains(QLatin1Char('/'));
    if (mount.source.isEmpty() || !mount.target.startsWith(QLatin1Char('/')))
        return std::nullopt;
    if (!isVolume && !mount.source.startsWith(QLatin1Char('/')))
        return std::nullopt;
    return mount;
}

template <typename T, typename Parse>
Parsed<T> parseAll(const QStringList& texts, Parse parse)
{
    Parsed<T> parsed;
    for (const QString& text : texts) {
        if (const auto item = parse(text.trimmed()))
            parsed.items.push_back(*item);
        else if (parsed.wrong.isEmpty())
            parsed.wrong = text.trimmed();
    }
    return parsed;
}

} // namespace

Parsed<PublishedPort> parsePorts(const QString& text)
{
    static const QRegularExpression kSeparators(QStringLiteral("[\\s,]+"));
    return parseAll<PublishedPort>(text.split(kSeparators, Qt::SkipEmptyParts), parsePort);
}

QString portsText(const std::vector<PublishedPort>& ports)
{
    QStringList texts;
    for (const PublishedPort& port : ports) {
        QString text = QStringLiteral("%1:%2").arg(port.hostPort).arg(port.workloadPort);
        if (port.hostAddress != u"127.0.0.1")
            text.prepend(port.hostAddress + QLatin1Char(':'));
        texts << text;
    }
    return texts.join(QStringLiteral(", "));
}

Parsed<Mount> parseMounts(const QString& text)
{
    static const QRegularExpression kSeparators(QStringLiteral("[\\n,]+"));
    QStringList parts = text.split(kSeparators, Qt::SkipEmptyParts);
    parts.removeIf([](const QString& part) { return part.trimmed().isEmpty(); });
    return parseAll<Mount>(parts, parseMount);
}

QStringList environmentLines(const QString& text)
{
    QStringList lines;
    for (QString line : text.split(QLatin1Char('\n'))) {
        line = line.trimmed();
        if (line.startsWith(u"export "))
            line = line.mid(7).trimmed();
        if (!line.isEmpty())
            lines << line;
    }
    return lines;
}

} // namespace twinhull
