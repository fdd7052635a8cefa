// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/thread_job.h"

namespace twinhull {

JobContext::JobContext(ThreadJob* job) : m_job(job) { }

template <typename Function>
void JobContext::post(Function&& function)
{
    const std::lock_guard lock(m_mutex);
    if (m_job == nullptr)
        return;
    QMetaObject::invokeMethod(
        m_job, [job = m_job, call = std::forward<Function>(function)] { call(job); }, Qt::QueuedConnection);
}

void JobContext::setProgress(qint64 done, qint64 total)
{
    post([done, total](ThreadJob* job) { job->setProgress(done, total); });
}

void JobContext::setStep(const QString& step)
{
    post([step](ThreadJob* job) { job->setStep(step); });
}

bool JobContext::waitForCancel(std::chrono::milliseconds atMost)
{
    std::unique_lock lock(m_mutex);
    return m_cancelling.wait_for(lock, atMost, [this] { return m_cancelled.load(); });
}

void JobContext::cancel()
{
    {
        const std::lock_guard lock(m_mutex); // else one who is about to wait would miss it
        m_cancelled = true;
    }
    m_cancelling.notify_all();
}

ThreadJob::ThreadJob(QString title, QThreadPool* pool, Work work)
    : Job(std::move(title)), m_pool(pool), m_work(std::move(work)), m_context(std::make_shared<JobContext>(this))
{
}

ThreadJob::~ThreadJob()
{
    m_context->cancel();
    const std::lock_guard lock(m_context->m_mutex);
    m_context->m_job = nullptr;
}

void ThreadJob::doStart()
{
    m_pool->start([context = m_context, work = std::move(m_work)] {
        auto result = std::make_shared<Result<>>(
            context->isCancelled() ? Error{ ErrorCode::Cancelled, "cancelled", 0, {} } : work(*context));
        context->post([result](ThreadJob* job) { job->finish(std::move(*result)); });
    });
}

void ThreadJob::doCancel()
{
    m_context->cancel();
}

} // namespace twinhull
