// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/history/history_database.h"

#include <QObject>

#include <optional>

namespace twinhull {

/// The half of HistoryRecorder that may wait for a disk. It lives on a thread of its own. A file that is not a history
/// is moved aside, beside itself, and a new one begun.
class HistoryWriter : public QObject {
    Q_OBJECT

public:
    explicit HistoryWriter(std::string path);
    ~HistoryWriter() override;

    void write(const std::vector<HistoryBatch>& batches, std::int64_t nowMilliseconds);
    void readPast(const WorkloadId& id, const HistorySpan& span);
    void readEvents(const WorkloadId& id, std::int64_t nowMilliseconds);

Q_SIGNALS:
    void written(qint64 untilMonotonicNanoseconds);
    void pastRead(const twinhull::WorkloadId& id, const twinhull::PackedTicks& readings);
    void pastNotRead(const twinhull::WorkloadId& id, const twinhull::Error& error); ///< each time, beside failed()
    void eventsRead(const twinhull::WorkloadId& id, const std::vector<twinhull::HistoryEvent>& events);
    void failed(const twinhull::Error& error);

private:
    Result<> open();
    Result<> moveAside();
    void judge(const Result<>& done);
    HistoryDatabase::Old whatIsOld(std::int64_t nowMilliseconds);

    std::string m_path;
    std::unique_ptr<HistoryDatabase> m_database;
    std::int64_t m_tidied = 0; ///< milliseconds since the epoch
    std::optional<std::int64_t> m_clockAhead; ///< of the wall clock, of ages; milliseconds
    std::optional<std::int64_t> m_clockSet; ///< far ahead, at that age
    bool m_isTold = false; ///< that it fails
};

} // namespace twinhull
