// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_private.h"

#include <algorithm>

namespace twinhull {

namespace {

/// A history that was only read since events are written down has no table of them.
Result<bool> hasEvents(const HistorySql& sql)
{
    auto query = sql.run(QStringLiteral("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'event'"));
    return query ? Result<bool>(query->next()) : Result<bool>(std::move(query).error());
}

} // namespace

Result<std::vector<HistoryEvent>> HistoryDatabase::events(
    const WorkloadId& id, const HistorySpan& span, std::size_t most) const
{
    const auto workload = m_d->find(id);
    if (!workload)
        return workload.error();
    const auto isThere = hasEvents(m_d->sql);
    if (!isThere || !*isThere)
        return isThere ? Result<std::vector<HistoryEvent>>(std::vector<HistoryEvent>()) : isThere.error();
    auto query = m_d->sql.run(QStringLiteral("SELECT time, kind FROM event WHERE workload = ? AND time >= ? AND time < "
                                             "? ORDER BY time DESC LIMIT ?"),
        { *workload, qint64{ span.fromMilliseconds }, qint64{ span.toMilliseconds }, static_cast<qint64>(most) });
    if (!query)
        return std::move(query).error();
    std::vector<HistoryEvent> events;
    while (query->next()) {
        if (const auto kind = eventKindFrom(query->value(1).toString()))
            events.push_back({ query->value(0).toLongLong(), *kind });
    }
    std::reverse(events.begin(), events.end());
    return events;
}

} // namespace twinhull
