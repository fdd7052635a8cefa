// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job_queue.h"
#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "core/jobs/unbounded_call.h"
#include "tests/support/wait_for_job.h"

#include <QSemaphore>
#include <QTest>

using namespace twinhull;

namespace {

Error failure()
{
    return Error{ ErrorCode::Io, "broke", 0, {} };
}

std::unique_ptr<Job> recording(QStringList& log, const QString& name, Result<> result = {})
{
    return std::make_unique<ThreadJob>(name, QThreadPool::globalInstance(), [&log, name, result](JobContext&) {
        log << name;
        return result;
    });
}

} // namespace

class JobTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deliversTheResultOfAThread()
    {
        ThreadJob job(
            QStringLiteral("work"), QThreadPool::globalInstance(), [](JobContext&) -> Result<> { return failure(); });
        const auto result = test::runJob(job);
        QVERIFY(!result);
        QCOMPARE(job.state(), Job::State::Failed);
        QCOMPARE(result.error().message, std::string("broke"));
    }

    /// What waits for a program that never answers is left to itself, and its thread is made up for.
    void isNotHeldUpByACallThatHangs()
    {
        QThreadPool pool;
        pool.setMaxThreadCount(1);
        QSemaphore asking;
        QSemaphore answer;
        bool isUndone = false;
        ThreadJob hanging(QStringLiteral("ask"), &pool, [&](JobContext& context) -> Result<> {
            const UnboundedCall call;
            asking.release();
            answer.acquire();
            isUndone = context.isCancelled();
            return {};
        });
        ThreadJob queued(QStringLiteral("queued"), &pool, [](JobContext&) -> Result<> { return {}; });
        hanging.start();
        asking.acquire();
        queued.start();
        queued.cancel(); // no thread has taken it up
        QTRY_COMPARE(queued.state(), Job::State::Cancelled);
        hanging.cancel();
        QVERIFY(!hanging.isFinished());
        QTRY_COMPARE(hanging.state(), Job::State::Cancelled);
        QVERIFY(!hanging.result().error().hint.empty());
        ThreadJob next(QStringLiteral("next"), &pool, [](JobContext&) -> Result<> { return {}; });
        QVERIFY(test::runJob(next));
        answer.release();
        QVERIFY(pool.waitForDone(test::kTestPatienceMilliseconds));
        QVERIFY(isUndone);
    }

    void isCancelledFromOutside()
    {
        QSemaphore running;
        ThreadJob job(
            QStringLiteral("work"), QThreadPool::globalInstance(), [&running](JobContext& context) -> Result<> {
                running.release();
                while (!context.isCancelled())
                    QThread::yieldCurrentThread();
                return Error{ ErrorCode::Cancelled, "stopped", 0, {} };
            });
        QSignalSpy finished(&job, &Job::finished);
        job.start();
        running.acquire();
        job.cancel();
        QVERIFY(finished.wait(test::kTestPatienceMilliseconds));
        QCOMPARE(job.state(), Job::State::Cancelled);
    }

    void survivesTheDeathOfItsJob()
    {
        QSemaphore running;
        QSemaphore go;
        QSemaphore gone;
        auto job = std::make_unique<ThreadJob>(
            QStringLiteral("work"), QThreadPool::globalInstance(), [&](JobContext& context) -> Result<> {
                running.release();
                go.acquire();
                context.setProgress(1, 2);
                gone.release();
                return {};
            });
        job->start();
        running.acquire();
        job.reset();
        go.release();
        gone.acquire();
        QVERIFY(QThreadPool::globalInstance()->waitForDone(test::kTestPatienceMilliseconds));
    }

    void runsStepsInOrder()
    {
        QStringList log;
        SequentialJob job(QStringLiteral("all"));
        job.add([&] { return recording(log, QStringLiteral("one")); });
        job.add([] { return nullptr; });
        job.add([&] { return recording(log, QStringLiteral("two")); });
        QVERIFY(test::runJob(job));
        QCOMPARE(log, QStringList({ QStringLiteral("one"), QStringLiteral("two") }));
    }

    void undoesFinishedStepsLastFirst()
    {
        QStringList log;
        SequentialJob job(QStringLiteral("all"));
        job.add([&] { return recording(log, QStringLiteral("one")); },
            [&] { return recording(log, QStringLiteral("undo one")); });
        job.add([&] { return recording(log, QStringLiteral("two")); },
            [&] { return recording(log, QStringLiteral("undo two")); });
        job.add([&] { return recording(log, QStringLiteral("three"), failure()); });
        const auto result = test::runJob(job);
        QVERIFY(!result);
        QCOMPARE(result.error().message, std::string("broke"));
        QCOMPARE(log,
            QStringList({ QStringLiteral("one"), QStringLiteral("two"), QStringLiteral("three"),
                QStringLiteral("undo two"), QStringLiteral("undo one") }));
    }

    void queueRunsWhatIsSubmitted()
    {
        QStringList log;
        JobQueue queue;
        Job* job = queue.submit(recording(log, QStringLiteral("one")));
        QSignalSpy finished(job, &Job::finished);
        QVERIFY(finished.wait(test::kTestPatienceMilliseconds));
        QCOMPARE(queue.runningCount(), 0);
        QCOMPARE(queue.jobs().size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(JobTest)
#include "job_test.moc"
