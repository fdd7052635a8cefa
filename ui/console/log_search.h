// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_filter.h"
#include "ui/console/log_stretch.h"

#include <QObject>
#include <QThreadPool>

#include <atomic>
#include <memory>
#include <optional>

namespace twinhull {

/// The lines of a log that have a text in them, looked for on a thread of its own and further on as the log grows. GUI
/// thread.
class LogSearch : public QObject {
    Q_OBJECT

public:
    explicit LogSearch(std::shared_ptr<const LogIndex> index, QObject* parent = nullptr);
    ~LogSearch() override;

    /// Begins anew; an empty text ends it.
    void find(const QString& text, LogFilter filter, const LogLineRange& range = {});
    void goOn(); ///< the log has grown
    bool isSearching() const { return m_isSearching; }
    QString text() const { return m_text; }

    std::size_t count() const { return m_hits.size(); }
    /// How many hits lie before that line: its own number among them where it is one.
    std::size_t countBefore(std::uint64_t line) const;
    /// The next hit after a line, and the last before it; where there is none, the first and the last of all.
    std::optional<std::uint64_t> next(std::uint64_t line) const;
    std::optional<std::uint64_t> previous(std::uint64_t line) const;
    std::optional<std::uint64_t> first() const { return m_hits.empty() ? std::nullopt : std::optional(m_hits.front()); }

Q_SIGNALS:
    void changed(); ///< more hits, or the end of a search

private:
    struct Task;
    void startTask();
    void onTask(const std::shared_ptr<Task>& task);

    std::shared_ptr<const LogIndex> m_index;
    QString m_text;
    LogFilter m_filter = LogFilter::All;
    LogLineRange m_range;
    std::vector<std::uint64_t> m_hits;
    std::uint64_t m_searchedTo = 0;
    bool m_isSearching = false;
    std::shared_ptr<Task> m_task;
    QThreadPool m_pool;
};

} // namespace twinhull
