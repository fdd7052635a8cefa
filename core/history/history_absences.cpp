// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_private.h"

#include <QtEndian>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace twinhull {

namespace {

/// A program that was closed for less goes on with the same span.
constexpr qint64 kLongestPause = 10 * kMinuteMilliseconds;
constexpr qsizetype kMostFigures = 1024; ///< of one row

/// Numbers of figures, rising, two bytes each.
QByteArray encodeFigures(const std::set<int>& figures)
{
    QByteArray bytes;
    for (const int figure : figures) {
        std::array<char, 2> number{};
        qToLittleEndian(static_cast<quint16>(figure), number.data());
        bytes.append(number.data(), number.size());
    }
    return bytes;
}

std::vector<int> decodeFigures(const QByteArray& bytes)
{
    std::vector<int> figures;
    for (qsizetype at = 0; at + 1 < std::min(bytes.size(), 2 * kMostFigures); at += 2)
        figures.push_back(qFromLittleEndian<quint16>(bytes.constData() + at));
    return figures;
}

/// A history that was only read since reasons are written down has no table of them.
Result<bool> hasAbsences(const HistorySql& sql)
{
    auto query = sql.run(QStringLiteral("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'absence'"));
    return query ? Result<bool>(query->next()) : Result<bool>(std::move(query).error());
}

/// As people read it; the words of another version as they are.
QString sentenceOf(const QString& written)
{
    const auto needs = needsFrom(written);
    return needs ? sentenceFor(*needs) : written;
}

std::size_t hashOf(const HistoryBatch& batch)
{
    std::size_t hash = batch.absent.size();
    for (const auto& [metric, needs] : batch.absent)
        hash = qHashMulti(hash, static_cast<int>(metric), static_cast<int>(needs));
    return hash;
}

} // namespace

/// Nearly always they are those of the batch before, and the spans that were written with it grow in one statement.
/// Another program, or a clock that was set back, may have let some of them end elsewhere: then each is looked for.
Result<> HistoryDatabase::writeAbsences(int workload, const HistoryBatch& batch)
{
    if (batch.readings.isEmpty())
        return {};
    if (batch.absent.empty()) {
        m_d->absent.erase(workload);
        return {};
    }
    const qint64 first = std::min(batch.readings.firstTime(), batch.readings.lastTime());
    const qint64 last = std::max(batch.readings.firstTime(), batch.readings.lastTime());
    std::set<Needs> reasons;
    for (const auto& [metric, needs] : batch.absent)
        reasons.insert(needs);
    const Private::Absent now{ hashOf(batch), last };
    const Private::Absent before = std::exchange(m_d->absent[workload], now);
    if (before.reasons == now.reasons && last >= before.last && first - before.last <= kLongestPause) {
        const auto grown
            = m_d->sql.repeat(QStringLiteral("UPDATE absence SET last = ? WHERE workload = ? AND last = ? RETURNING 1"),
                { last, workload, before.last });
        if (!grown)
            return grown.error();
        const auto spans = m_d->sql.repeat(
            QStringLiteral("SELECT count(*) FROM absence WHERE workload = ? AND last = ?"), { workload, last });
        if (!spans || static_cast<std::size_t>(*spans) >= reasons.size())
            return spans ? Result<>() : spans.error();
    }
    return writeEachAbsence(workload, batch);
}

Result<> HistoryDatabase::writeEachAbsence(int workload, const HistoryBatch& batch)
{
    std::map<Needs, std::set<int>> reasons;
    for (const auto& [metric, needs] : batch.absent)
        reasons[needs].insert(m_d->figures.at(static_cast<std::size_t>(metric)));
    const qint64 first = std::min(batch.readings.firstTime(), batch.readings.lastTime());
    const qint64 last = std::max(batch.readings.firstTime(), batch.readings.lastTime());
    for (const auto& [needs, absent] : reasons) {
        const QString written = writtenSentenceFor(needs);
        const QByteArray figures = encodeFigures(absent);
        const auto isLonger = m_d->sql.repeat(
            QStringLiteral("UPDATE absence SET last = max(last, ?) WHERE workload = ? AND need = (SELECT id FROM need "
                           "WHERE key = ?) AND figures = ? AND first <= ? AND last >= ? AND first = (SELECT "
                           "max(a.first) FROM absence a WHERE a.workload = absence.workload AND a.need = "
                           "absence.need) RETURNING 1"),
            { last, workload, written, figures, last, first - kLongestPause });
        if (!isLonger)
            return isLonger.error();
        if (*isLonger == 1)
            continue;
        const auto done
            = m_d->sql.repeat(QStringLiteral("INSERT OR REPLACE INTO absence(workload, need, first, last, figures) "
                                             "SELECT ?, id, ?, ?, ? FROM need WHERE key = ?"),
                { workload, first, last, figures, written });
        if (!done)
            return done.error();
    }
    return {};
}

Result<HistoryAbsences> absencesIn(const HistorySql& sql, int workload, const HistorySpan& span)
{
    const auto isThere = hasAbsences(sql);
    if (!isThere || !*isThere)
        return isThere ? Result<HistoryAbsences>(HistoryAbsences()) : isThere.error();
    auto query = sql.run(QStringLiteral("SELECT n.key, a.first, a.last, a.figures FROM absence a JOIN need n ON n.id = "
                                        "a.need WHERE a.workload = ? AND a.last >= ? AND a.first < ?"),
        { workload, qint64{ span.fromMilliseconds }, qint64{ span.toMilliseconds } });
    if (!query)
        return std::move(query).error();
    std::map<int, std::map<QString, std::int64_t>> lengths; // milliseconds
    while (query->next()) {
        const std::int64_t from = std::max<std::int64_t>(query->value(1).toLongLong(), span.fromMilliseconds);
        const std::int64_t to = std::min<std::int64_t>(query->value(2).toLongLong(), span.toMilliseconds);
        for (const int figure : decodeFigures(query->value(3).toByteArray()))
            lengths[figure][query->value(0).toString()] += std::max<std::int64_t>(to - from, 0);
    }
    HistoryAbsences longest;
    for (const auto& [figure, reasons] : lengths) {
        const auto most = std::max_element(reasons.begin(), reasons.end(),
            [](const auto& one, const auto& other) { return one.second < other.second; });
        longest.emplace(figure, sentenceOf(most->first));
    }
    return longest;
}

Result<QString> HistoryDatabase::absence(const WorkloadId& id, Metric metric, const HistorySpan& span) const
{
    const auto workload = m_d->find(id);
    if (!workload)
        return workload.error();
    const auto absences = absencesIn(m_d->sql, *workload, span);
    if (!absences)
        return absences.error();
    const auto found = absences->find(m_d->figures.at(static_cast<std::size_t>(metric)));
    return found == absences->end() ? QString() : found->second;
}

} // namespace twinhull
