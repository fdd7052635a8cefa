// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "ui/console/log_index.h"

#include <QObject>
#include <QThreadPool>

#include <atomic>
#include <memory>

namespace twinhull {

class LogReader;

/// A log that is read on a thread of its own, from its oldest file on. GUI thread, but for the index.
class LogFeed : public QObject {
    Q_OBJECT

public:
    explicit LogFeed(const QString& path, QObject* parent = nullptr);
    ~LogFeed() override;

    std::shared_ptr<const LogIndex> index() const { return m_index; }
    /// Reads what is new. Asked for while it reads, it looks once more afterwards.
    void read();
    bool isReading() const { return m_isReading; }

Q_SIGNALS:
    void grown(); ///< the index has more, or other, lines; at most one of these is under way
    /// Everything that was there has been read. `failure` is empty, else why there is nothing to read.
    void settled(const QString& failure, bool hasGap);

private:
    void tellGrown();
    void onRead(const Result<>& result, bool hasGap);

    std::shared_ptr<LogIndex> m_index;
    std::unique_ptr<LogReader> m_reader; ///< of the thread while it reads
    std::atomic<bool> m_isCancelled = false;
    std::atomic<bool> m_isTold = false;
    bool m_isReading = false;
    bool m_mustReadAgain = false;
    QThreadPool m_pool;
};

} // namespace twinhull
