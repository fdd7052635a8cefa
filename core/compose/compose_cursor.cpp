// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_cursor.h"

#include "core/base/text.h"
#include "core/compose/shell_words.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

namespace twinhull {

namespace {

QString trCursor(const char* text)
{
    return QCoreApplication::translate("twinhull::Compose", text);
}

/// Letters to add, take away or change (Levenshtein).
int distanceBetween(const QString& left, const QString& right)
{
    std::vector<int> row(static_cast<std::size_t>(right.size()) + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < left.size(); ++i) {
        int diagonal = std::exchange(row[0], static_cast<int>(i) + 1);
        for (std::size_t j = 1; j < row.size(); ++j) {
            const bool isSame = left[i] == right[static_cast<qsizetype>(j) - 1];
            diagonal = std::exchange(row[j], std::min({ row[j] + 1, row[j - 1] + 1, diagonal + (isSame ? 0 : 1) }));
        }
    }
    return row.back();
}

} // namespace

void ComposeCursor::refuse(const QString& text) const
{
    m_findings->refuse(m_value->place, m_path, text);
}

void ComposeCursor::refuse(const Error& error) const
{
    refuse(QString::fromStdString(error.toLine()));
}

void ComposeCursor::warn(const QString& text) const
{
    m_findings->warn(m_value->place, m_path, text);
}

std::optional<QString> ComposeCursor::text() const
{
    if (isScalar() && !m_value->text.isEmpty() && !m_value->text.contains(QChar(0)))
        return m_value->text;
    refuse(trCursor("a text is wanted here"));
    return std::nullopt;
}

std::optional<bool> ComposeCursor::truth() const
{
    const QString word = isScalar() ? m_value->text.toLower() : QString();
    for (const bool each : { true, false }) {
        const QStringList words = each
            ? QStringList{ QStringLiteral("true"), QStringLiteral("yes"), QStringLiteral("on") }
            : QStringList{ QStringLiteral("false"), QStringLiteral("no"), QStringLiteral("off") };
        if (words.contains(word))
            return each;
    }
    refuse(trCursor("true or false is wanted here"));
    return std::nullopt;
}

std::optional<std::uint64_t> ComposeCursor::number(std::uint64_t least, std::uint64_t most) const
{
    const auto parsed = parseNumber(isScalar() ? m_value->text.toStdString() : std::string());
    if (parsed && *parsed >= least && *parsed <= most)
        return *parsed;
    refuse(trCursor("a number from %1 to %2 is wanted here").arg(least).arg(most));
    return std::nullopt;
}

std::optional<std::uint64_t> ComposeCursor::size() const
{
    const auto parsed = parseSize(isScalar() ? m_value->text.toStdString() : std::string());
    if (parsed && *parsed > 0)
        return *parsed;
    refuse(trCursor("a size is wanted here, as 512M"));
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> ComposeCursor::duration() const
{
    const auto parsed = parseDuration(isScalar() ? m_value->text.toStdString() : std::string());
    if (parsed)
        return *parsed;
    refuse(trCursor("a time is wanted here, as 1m30s"));
    return std::nullopt;
}

QStringList ComposeCursor::texts() const
{
    QStringList all;
    if (isNull())
        return all;
    if (isScalar()) {
        if (const auto one = text())
            all << *one;
        return all;
    }
    for (const auto& item : items()) {
        if (const auto one = item.text())
            all << *one;
    }
    return all;
}

std::optional<QStringList> ComposeCursor::command() const
{
    if (isNull())
        return std::nullopt;
    QStringList words;
    if (isScalar()) {
        auto parted = wordsOfCommand(m_value->text);
        if (!parted) {
            refuse(parted.error());
            return std::nullopt;
        }
        return *std::move(parted);
    }
    for (const auto& item : items()) {
        if (!item.isScalar() || item.value().text.contains(QChar(0)))
            item.refuse(trCursor("a word is wanted here"));
        else
            words << item.value().text;
    }
    return words;
}

std::vector<std::pair<QString, std::optional<QString>>> ComposeCursor::pairs() const
{
    std::vector<std::pair<QString, std::optional<QString>>> all;
    if (isList()) {
        for (const auto& item : items()) {
            const auto one = item.text();
            if (!one)
                continue;
            const QString key = one->section(u'=', 0, 0);
            if (key.trimmed().isEmpty())
                item.refuse(trCursor("KEY=VALUE is wanted here"));
            else
                all.emplace_back(key, one->contains(u'=') ? std::optional(one->section(u'=', 1)) : std::nullopt);
        }
        return all;
    }
    for (const auto& [key, value] : entries()) {
        if (value.isNull())
            all.emplace_back(key, std::nullopt);
        else if (value.isScalar() && !key.isEmpty() && !key.contains(u'='))
            all.emplace_back(key, value.value().text);
        else
            value.refuse(trCursor("a text is wanted here"));
    }
    return all;
}

std::vector<ComposeCursor> ComposeCursor::items() const
{
    std::vector<ComposeCursor> all;
    if (!isList() && !isNull())
        refuse(trCursor("a list is wanted here"));
    for (std::size_t i = 0; i < m_value->items.size(); ++i)
        all.emplace_back(m_value->items[i], m_path + QStringLiteral("[%1]").arg(i), *m_findings);
    return all;
}

std::vector<std::pair<QString, ComposeCursor>> ComposeCursor::entries() const
{
    std::vector<std::pair<QString, ComposeCursor>> all;
    if (!isMap() && !isNull())
        refuse(trCursor("a map is wanted here"));
    for (const auto& entry : m_value->entries)
        all.emplace_back(entry.key, of(entry));
    return all;
}

std::optional<ComposeCursor> ComposeCursor::child(const QString& key) const
{
    const ComposeValue* found = m_value->find(key);
    if (found == nullptr)
        return std::nullopt;
    return ComposeCursor(*found, m_path.isEmpty() ? key : m_path + u'.' + key, *m_findings);
}

ComposeCursor ComposeCursor::of(const ComposeEntry& entry) const
{
    return { entry.value, m_path.isEmpty() ? entry.key : m_path + u'.' + entry.key, *m_findings };
}

bool isExtensionKey(const QString& key)
{
    return key.startsWith(QLatin1String("x-"));
}

void refuseStranger(const ComposeCursor& map, const ComposeEntry& entry, const QStringList& known)
{
    const QString nearest = map.findings().isFull() ? QString() : nearestWord(entry.key, known);
    const QString text = trCursor("there is no such key in the Compose specification");
    map.findings().refuse(
        entry.place, map.of(entry).path(), nearest.isEmpty() ? text : text + trCursor("; is %1 meant?").arg(nearest));
}

void refuseStrangers(const ComposeCursor& map, const QStringList& known)
{
    warnOfUnused(map, known, {});
}

void warnOfUnused(const ComposeCursor& map, const QStringList& used, const QStringList& unused)
{
    if (!map.isMap() && !map.isNull())
        map.refuse(trCursor("a map is wanted here"));
    for (const auto& entry : map.value().entries) {
        if (isExtensionKey(entry.key) || used.contains(entry.key))
            continue;
        if (unused.contains(entry.key))
            map.findings().warn(entry.place, map.of(entry).path(), trCursor("this has no effect here"));
        else
            refuseStranger(map, entry, used + unused);
    }
}

QString nearestWord(const QString& word, const QStringList& known)
{
    QString nearest;
    int least = word.size() > 3 ? 3 : 2; // farther than that is another word
    for (const QString& each : word.size() > 40 ? QStringList() : known) {
        const int distance = distanceBetween(word, each);
        if (distance < least) {
            least = distance;
            nearest = each;
        }
    }
    return nearest;
}

} // namespace twinhull
