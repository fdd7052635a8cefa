// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_private.h"

namespace twinhull {

namespace {

/// One workload of a question, and what is kept of it.
struct Kept {
    WorkloadId id;
    int number = 0; ///< the store's
    std::int64_t folded = 0; ///< until then there are minutes, milliseconds since the epoch
    bool isOlderThanSeconds = false; ///< from `from` on there are minutes whose seconds are gone
};

/// Nothing where it was never read.
Result<std::optional<Kept>> findKept(const HistorySql& sql, const WorkloadId& id, std::int64_t from)
{
    auto query = sql.run(
        QStringLiteral("SELECT w.id, w.folded, EXISTS(SELECT 1 FROM minute m WHERE m.workload = w.id AND m.start >= ? "
                       "AND m.start + ? <= ifnull((SELECT min(start) FROM second WHERE workload = w.id), m.start + ?)) "
                       "FROM workload w WHERE w.kind = ? AND w.key = ?"),
        { qint64{ from }, qint64{ kMinuteMilliseconds }, qint64{ kMinuteMilliseconds }, static_cast<int>(id.kind),
            id.key });
    if (!query)
        return std::move(query).error();
    if (!query->next())
        return std::optional<Kept>();
    return std::optional<Kept>({ id, query->value(0).toInt(), query->value(1).toLongLong(), query->value(2).toBool() });
}

/// So that the points of all columns stand at the same times.
std::vector<PastPoint> inTheMiddle(const std::vector<HistoryPoint>& points, std::int64_t step)
{
    std::vector<PastPoint> moved;
    moved.reserve(points.size());
    for (const HistoryPoint& point : points)
        moved.push_back({ point.wallMilliseconds - point.wallMilliseconds % step + step / 2, point.range.least,
            point.range.mean, point.range.greatest });
    return moved;
}

/// A minute that began before the span was asked for may be all that is kept of it.
HistorySpan wholeSteps(const HistorySpan& span, std::int64_t step)
{
    return { span.fromMilliseconds - span.fromMilliseconds % step,
        span.toMilliseconds + (step - span.toMilliseconds % step) % step };
}

/// Minutes up to where there are any, then seconds; seconds alone for a short step.
Result<> joinKept(const HistorySql& sql, const Kept& kept, const HistorySpan& span, std::int64_t step,
    std::vector<JoinedFigure>& figures)
{
    const std::int64_t border
        = step < kMinuteMilliseconds ? span.fromMilliseconds : std::max(span.fromMilliseconds, kept.folded);
    const std::int64_t end = std::min(border, span.toMilliseconds);
    if (span.fromMilliseconds < end) {
        if (auto done = joinMinutes(sql, kept.number, { span.fromMilliseconds, end }, figures); !done)
            return done;
    }
    return end < span.toMilliseconds ? joinSeconds(sql, kept.number, { end, span.toMilliseconds }, figures)
                                     : Result<>();
}

/// Asked only where there is a column without a point.
Result<> explainEmpty(const HistorySql& sql, const Kept& kept, const HistorySpan& span,
    const std::array<int, kMetricCount>& figures, PastAnswer& answer)
{
    std::optional<HistoryAbsences> absences;
    for (const auto& [column, points] : answer.columns) {
        if (!(column.first == kept.id) || !points.empty())
            continue;
        if (!absences) {
            auto read = absencesIn(sql, kept.number, span);
            if (!read)
                return std::move(read).error();
            absences = *std::move(read);
        }
        const auto found = absences->find(figures.at(static_cast<std::size_t>(column.second)));
        if (found != absences->end())
            answer.absences.emplace(column, found->second);
    }
    return {};
}

} // namespace

Result<PastAnswer> HistoryDatabase::past(const PastQuestion& question) const
{
    HistorySpan span{ question.fromMilliseconds, question.toMilliseconds };
    PastAnswer answer{ std::max<std::int64_t>(question.stepMilliseconds, 1), {} };
    std::vector<Kept> all;
    for (const WorkloadId& id : question.workloads) {
        auto kept = findKept(m_d->sql, id, span.fromMilliseconds);
        if (!kept)
            return std::move(kept).error();
        if (!*kept)
            continue;
        if ((*kept)->isOlderThanSeconds)
            answer.stepMilliseconds = std::max(answer.stepMilliseconds, kMinuteMilliseconds);
        all.push_back(**std::move(kept));
    }
    if (answer.stepMilliseconds > question.stepMilliseconds)
        span = wholeSteps(span, answer.stepMilliseconds);
    for (const Kept& kept : all) {
        if (question.isDropped)
            return Error{ ErrorCode::Cancelled, "nobody asks for this part of the history any more", 0, {} };
        std::vector<JoinedFigure> figures;
        for (const Metric metric : question.metrics)
            figures.push_back(
                { m_d->figures.at(static_cast<std::size_t>(metric)), PointJoiner(span, 0, answer.stepMilliseconds) });
        if (auto done = joinKept(m_d->sql, kept, span, answer.stepMilliseconds, figures); !done)
            return std::move(done).error();
        for (std::size_t i = 0; i < figures.size(); ++i)
            answer.columns[{ kept.id, question.metrics[i] }]
                = inTheMiddle(figures[i].joiner.take(), answer.stepMilliseconds);
        if (auto done = explainEmpty(m_d->sql, kept, span, m_d->figures, answer); !done)
            return std::move(done).error();
    }
    return answer;
}

} // namespace twinhull
