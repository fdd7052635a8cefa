// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/sequential_job.h"

namespace twinhull {

SequentialJob::SequentialJob(QString title) : Job(std::move(title)) { }

SequentialJob::~SequentialJob() = default;

void SequentialJob::add(MakeJob make, Undo undo)
{
    m_steps.push_back({ std::move(make), std::move(undo) });
}

void SequentialJob::doStart()
{
    runNext();
}

void SequentialJob::doCancel()
{
    if (m_current && !m_isUndoing) // what takes things back runs to its end
        m_current->cancel();
}

void SequentialJob::runNext()
{
    while (m_next < m_steps.size() && !isCancelRequested()) {
        if (auto job = m_steps[m_next].make()) {
            connect(job.get(), &Job::progressChanged, this, &SequentialJob::setProgress);
            connect(job.get(), &Job::stepChanged, this, &SequentialJob::setStep);
            setStep(job->title());
            run(std::move(job), [this] { onStepFinished(); });
            return;
        }
        ++m_next;
    }
    if (m_next == m_steps.size()) {
        finish({});
        return;
    }
    m_failure = Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    undoFrom(m_next);
}

void SequentialJob::onStepFinished()
{
    Result<> result = m_current->result();
    const bool succeeded = m_current->state() == State::Succeeded;
    dropCurrent();
    if (succeeded) {
        ++m_next;
        runNext();
        return;
    }
    m_failure = std::move(result);
    undoFrom(m_next);
}

void SequentialJob::undoFrom(std::size_t count)
{
    m_isUndoing = true;
    for (m_toUndo = count; m_toUndo > 0; --m_toUndo) {
        const auto& undo = m_steps[m_toUndo - 1].undo;
        auto job = undo ? undo() : nullptr;
        if (!job)
            continue;
        run(std::move(job), [this, count = m_toUndo - 1] {
            dropCurrent();
            undoFrom(count);
        });
        return;
    }
    finish(std::move(m_failure));
}

void SequentialJob::run(std::unique_ptr<Job> job, std::function<void()> then)
{
    m_current = std::move(job);
    connect(m_current.get(), &Job::finished, this, std::move(then));
    m_current->start();
}

void SequentialJob::dropCurrent()
{
    if (m_current)
        m_current.release()->deleteLater(); // it is still emitting finished()
}

} // namespace twinhull
