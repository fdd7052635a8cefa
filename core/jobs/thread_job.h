// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <QThreadPool>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace twinhull {

class ThreadJob;

/// What a function on a worker thread may say to its job and hear from it. Thread-safe; outlives the job.
class JobContext {
public:
    explicit JobContext(ThreadJob* job);

    bool isCancelled() const { return m_cancelled; }
    /// True at once when it is cancelled, else false after that time.
    bool waitForCancel(std::chrono::milliseconds atMost);
    void setProgress(qint64 done, qint64 total);
    void setStep(const QString& step);

private:
    friend class ThreadJob;
    template <typename Function>
    void post(Function&& function);

    void cancel();

    std::atomic<bool> m_cancelled = false;
    std::mutex m_mutex;
    std::condition_variable m_cancelling;
    ThreadJob* m_job; ///< null once the job is gone
};

/// A job whose work is one blocking function on a thread pool. The function must hold values only (never `this` of
/// something that may die first), look at isCancelled() now and then, and undo its own half-done work before it returns
/// an error.
class ThreadJob : public Job {
    Q_OBJECT

public:
    using Work = std::function<Result<>(JobContext&)>;

    /// `pool` must outlive the work; QThreadPool::globalInstance() is right for hashing and unpacking.
    ThreadJob(QString title, QThreadPool* pool, Work work);
    ~ThreadJob() override;

protected:
    void doStart() override;
    void doCancel() override;

private:
    friend class JobContext;

    QThreadPool* m_pool;
    Work m_work;
    std::shared_ptr<JobContext> m_context;
};

} // namespace twinhull
