// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_text.h"

#include "core/workload/option_text.h"

#include <QDir>
#include <QRegularExpression>

#include <optional>

namespace twinhull {

namespace {

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
    if (parts.size() == 3 && readMountOptions(parts[2], mount.readOnly, mount.startsEmpty))
        parts.removeLast();
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
    Parsed<PublishedPort> parsed;
    for (const QString& part : text.split(kSeparators, Qt::SkipEmptyParts)) {
        if (const auto ports = portsFromText(part))
            parsed.items.insert(parsed.items.end(), ports->begin(), ports->end());
        else if (parsed.wrong.isEmpty())
            parsed.wrong = part;
    }
    return parsed;
}

QString portsText(const std::vector<PublishedPort>& ports)
{
    return portTexts(ports).join(QStringLiteral(", "));
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
        if (!line.isEmpty() && !line.startsWith(u'#'))
            lines << line;
    }
    return lines;
}

} // namespace twinhull
