// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/thread_job.h"

#include "core/jobs/unbounded_call.h"

#include <QTimer>

namespace twinhull {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{ 8 }; ///< with a call, once its job is cancelled
constexpr std::chrono::milliseconds kPatienceCheck{ 250 };

thread_local WorkWatch* workHere = nullptr;

Error leftToItself(std::int64_t seconds)
{
    return Error{ ErrorCode::Cancelled,
        "cancelled, and left to itself: what it waits for has not answered for " + std::to_string(seconds) + " s", 0,
        "It may still be done. See what became of it once that answers." };
}

} // namespace

/// What the job's thread knows of its work.
class WorkWatch : public JobContext {
public:
    enum class Stage { Queued, Running, Dropped, LeftToItself };

    explicit WorkWatch(ThreadJob* job) : JobContext(job) { }

    /// False where it is at another stage meanwhile.
    bool advance(Stage from, Stage to) { return m_stage.compare_exchange_strong(from, to); }

    void beginCall() { m_callBegan = steady_clock::now().time_since_epoch().count(); }
    void endCall() { m_callBegan = 0; }
    /// 0 while it is in none.
    steady_clock::duration inCallFor() const
    {
        const auto began = m_callBegan.load();
        return began == 0 ? steady_clock::duration()
                          : steady_clock::now().time_since_epoch() - steady_clock::duration(began);
    }

private:
    std::atomic<Stage> m_stage = Stage::Queued;
    std::atomic<steady_clock::rep> m_callBegan = 0;
};

UnboundedCall::UnboundedCall()
    : m_watch(workHere != nullptr && workHere->inCallFor() == steady_clock::duration() ? workHere : nullptr)
{
    if (m_watch != nullptr)
        m_watch->beginCall();
}

UnboundedCall::~UnboundedCall()
{
    if (m_watch != nullptr)
        m_watch->endCall();
}

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
    : Job(std::move(title)), m_pool(pool), m_work(std::move(work)), m_context(std::make_shared<WorkWatch>(this))
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
    using Stage = WorkWatch::Stage;
    m_pool->start([pool = m_pool, context = std::static_pointer_cast<WorkWatch>(m_context), work = std::move(m_work)] {
        if (!context->advance(Stage::Queued, Stage::Running))
            return;
        workHere = context.get();
        auto result = std::make_shared<Result<>>(
            context->isCancelled() ? Error{ ErrorCode::Cancelled, "cancelled", 0, {} } : work(*context));
        workHere = nullptr;
        if (context->advance(Stage::Running, Stage::Dropped))
            context->post([result](ThreadJob* job) { job->finish(std::move(*result)); });
        else
            pool->reserveThread(); // given to others when it was left to itself
    });
}

void ThreadJob::doCancel()
{
    m_context->cancel();
    const auto watch = std::static_pointer_cast<WorkWatch>(m_context);
    if (watch->advance(WorkWatch::Stage::Queued, WorkWatch::Stage::Dropped)) { // every thread may hang
        m_context->post([](ThreadJob* job) {
            job->finish(Error{ ErrorCode::Cancelled, "cancelled before it began", 0, {} });
        });
        return;
    }
    auto* impatience = new QTimer(this);
    connect(impatience, &QTimer::timeout, this, [this, watch] {
        const auto waited = watch->inCallFor();
        if (waited < kPatience || !watch->advance(WorkWatch::Stage::Running, WorkWatch::Stage::LeftToItself))
            return;
        m_pool->releaseThread();
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited).count();
        watch->post([seconds](ThreadJob* job) { job->finish(leftToItself(seconds)); });
        const std::lock_guard lock(watch->m_mutex);
        watch->m_job = nullptr; // what comes of it is dropped
    });
    impatience->start(kPatienceCheck);
}

} // namespace twinhull
