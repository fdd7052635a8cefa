// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/parallel_job.h"

#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "tests/support/wait_for_job.h"

#include <QSemaphore>
#include <QTest>

using namespace twinhull;

namespace {

std::unique_ptr<Job> doing(ThreadJob::Work work)
{
    return std::make_unique<ThreadJob>(QStringLiteral("step"), QThreadPool::globalInstance(), std::move(work));
}

std::unique_ptr<Job> failing(const char* message)
{
    return std::make_unique<RefusedJob>(QStringLiteral("step"), Error{ ErrorCode::Io, message, 0, {} });
}

std::vector<std::unique_ptr<Job>> both(std::unique_ptr<Job> one, std::unique_ptr<Job> other)
{
    std::vector<std::unique_ptr<Job>> jobs;
    jobs.push_back(std::move(one));
    jobs.push_back(std::move(other));
    return jobs;
}

Result<> untilCancelled(JobContext& context)
{
    while (!context.isCancelled())
        QThread::yieldCurrentThread();
    return Error{ ErrorCode::Cancelled, "stopped", 0, {} };
}

} // namespace

class ParallelJobTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsAllAtOnce()
    {
        QSemaphore one;
        QSemaphore other;
        const auto meet = [](QSemaphore& mine, QSemaphore& theirs) {
            return [&](JobContext&) -> Result<> {
                mine.release();
                theirs.acquire();
                return {};
            };
        };
        ParallelJob job(QStringLiteral("both"), both(doing(meet(one, other)), doing(meet(other, one))));
        QVERIFY(test::runJob(job));
        QCOMPARE(job.done(), 2);
    }

    void waitsForTheOthersAfterAFailure()
    {
        bool isDone = false;
        ParallelJob job(QStringLiteral("both"), both(failing("broke"), doing([&](JobContext&) -> Result<> {
            isDone = true;
            return {};
        })));
        const auto result = test::runJob(job);
        QVERIFY(!result);
        QCOMPARE(result.error().message, std::string("broke"));
        QVERIFY(isDone);
    }

    void tellsTheFirstFailure()
    {
        ParallelJob job(QStringLiteral("both"), both(failing("first"), failing("second")));
        QCOMPARE(test::runJob(job).error().message, std::string("first"));
    }

    void cancelsAll()
    {
        ParallelJob job(QStringLiteral("both"), both(doing(untilCancelled), doing(untilCancelled)));
        QMetaObject::invokeMethod(&job, &Job::cancel, Qt::QueuedConnection);
        QVERIFY(!test::runJob(job));
        QCOMPARE(job.state(), Job::State::Cancelled);
    }

    void isDoneAtOnceWithoutJobs()
    {
        ParallelJob job(QStringLiteral("none"), {});
        QVERIFY(test::runJob(job));
    }

    void aCancelDoesNotStopTheUndoOfASequence()
    {
        bool isUndone = false;
        SequentialJob job(QStringLiteral("all"));
        job.add([] { return doing([](JobContext&) { return Result<>(); }); },
            [&] {
                QMetaObject::invokeMethod(&job, &Job::cancel, Qt::DirectConnection);
                return doing([&](JobContext& context) -> Result<> {
                    isUndone = !context.isCancelled();
                    return {};
                });
            });
        job.add([&] { return failing("broke"); });
        QVERIFY(!test::runJob(job));
        QVERIFY(isUndone);
    }
};

QTEST_GUILESS_MAIN(ParallelJobTest)
#include "parallel_job_test.moc"
