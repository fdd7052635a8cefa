// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_search.h"

#include "ui/console/log_text.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kLinesAtOnce = 1024; // between two looks at whether anybody still wants it
constexpr std::size_t kLinesATask = 64 * kLinesAtOnce; // then what was found is told

} // namespace

/// A stretch of the search. The thread writes it, and hands it over.
struct LogSearch::Task {
    std::shared_ptr<const LogIndex> index;
    QString text;
    LogFilter filter = LogFilter::All;
    std::uint64_t from = 0;
    std::uint64_t end = 0; ///< of the range
    std::vector<std::uint64_t> hits;
    bool hasReachedEnd = false;
    std::atomic<bool> isCancelled = false;

    void run();
};

void LogSearch::Task::run()
{
    for (std::size_t done = 0; done < kLinesATask && !isCancelled; done += kLinesAtOnce) {
        const auto lines = from < end ? index->read(from, kLinesAtOnce) : LogIndex::Lines();
        if (lines.marks.empty()) {
            hasReachedEnd = true;
            return;
        }
        from = lines.first;
        for (std::size_t i = 0; i < lines.marks.size() && from < end; ++i, ++from) {
            if (passes(filter, lines.marks[i]) && logLineContains(lines.bytes[i], text))
                hits.push_back(from);
        }
    }
}

LogSearch::LogSearch(std::shared_ptr<const LogIndex> index, QObject* parent)
    : QObject(parent), m_index(std::move(index))
{
    m_pool.setMaxThreadCount(1);
}

LogSearch::~LogSearch()
{
    if (m_task)
        m_task->isCancelled = true;
    m_pool.waitForDone();
}

void LogSearch::find(const QString& text, LogFilter filter, const LogLineRange& range)
{
    if (m_task)
        m_task->isCancelled = true;
    m_task.reset();
    m_text = text;
    m_filter = filter;
    m_range = range;
    m_hits.clear();
    m_searchedTo = range.begin;
    m_isSearching = false;
    goOn();
    Q_EMIT changed();
}

void LogSearch::goOn()
{
    if (m_text.isEmpty() || m_isSearching)
        return;
    const auto begin = m_index->span().begin;
    m_hits.erase(m_hits.begin(), std::lower_bound(m_hits.begin(), m_hits.end(), begin));
    startTask();
}

void LogSearch::startTask()
{
    m_isSearching = true;
    m_task = std::make_shared<Task>();
    m_task->index = m_index;
    m_task->text = m_text;
    m_task->filter = m_filter;
    m_task->from = m_searchedTo;
    m_task->end = m_range.end;
    m_pool.start([this, task = m_task] {
        task->run();
        QMetaObject::invokeMethod(
            this, [this, task] { onTask(task); }, Qt::QueuedConnection);
    });
}

void LogSearch::onTask(const std::shared_ptr<Task>& task)
{
    if (task != m_task) // of a text that is no longer looked for
        return;
    m_hits.insert(m_hits.end(), task->hits.begin(), task->hits.end());
    m_searchedTo = task->from;
    m_isSearching = false;
    m_task.reset();
    if (!task->hasReachedEnd)
        startTask();
    Q_EMIT changed();
}

std::size_t LogSearch::countBefore(std::uint64_t line) const
{
    return static_cast<std::size_t>(std::lower_bound(m_hits.begin(), m_hits.end(), line) - m_hits.begin());
}

std::optional<std::uint64_t> LogSearch::next(std::uint64_t line) const
{
    const auto after = std::upper_bound(m_hits.begin(), m_hits.end(), line);
    return after != m_hits.end() ? std::optional(*after) : first();
}

std::optional<std::uint64_t> LogSearch::previous(std::uint64_t line) const
{
    const auto from = std::lower_bound(m_hits.begin(), m_hits.end(), line);
    if (m_hits.empty())
        return std::nullopt;
    return from != m_hits.begin() ? *std::prev(from) : m_hits.back();
}

} // namespace twinhull
