// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history_database.h"
#include "core/history/history_sql.h"

#include <map>

namespace twinhull {

/// What the writing and the reading half of HistoryDatabase share.
struct HistoryDatabase::Private {
    explicit Private(const std::string& path, const QString& options) : sql(path, options) { }

    HistorySql sql;
    std::array<int, kMetricCount> figures{}; ///< the store's number of each metric; -1 where it has none
    std::map<WorkloadId, int> known; ///< the store's number of each workload that was written

    Result<> readFigures();
    /// 0 where it was never written.
    Result<int> find(const WorkloadId& id) const;
};

} // namespace twinhull
