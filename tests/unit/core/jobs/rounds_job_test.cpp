// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/rounds_job.h"

#include "core/jobs/refused_job.h"
#include "core/jobs/thread_job.h"
#include "tests/support/wait_for_job.h"

#include <QTest>

#include <atomic>

using namespace twinhull;

namespace {

RoundsJob::MakeJob ending(ErrorCode code)
{
    return [code] { return std::make_unique<RefusedJob>(QStringLiteral("step"), Error{ code, "cannot", 0, {} }); };
}

} // namespace

class RoundsJobTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_left = 3;
        m_tries = 0;
    }

    /// Each goes when all above it have.
    void goesOnWhileAnySucceeds()
    {
        RoundsJob job(QStringLiteral("all"), { standing(1), standing(2), standing(3) });
        QVERIFY(test::runJob(job));
        QCOMPARE(m_left.load(), 0);
        QCOMPARE(job.done(), 3);
    }

    void endsWhereNoneSucceeds()
    {
        m_left = 5;
        RoundsJob job(QStringLiteral("all"), { standing(1), standing(2) });
        QCOMPARE(test::runJob(job).error().code, ErrorCode::Busy);
        QCOMPARE(m_tries.load(), 2);
    }

    void aFailureKeepsNoneFromGoing()
    {
        RoundsJob job(QStringLiteral("all"), { standing(2), ending(ErrorCode::Io), standing(3) });
        QCOMPARE(test::runJob(job).error().code, ErrorCode::Io);
        QCOMPARE(m_left.load(), 1);
    }

    void nothingIsDoneAtOnce()
    {
        RoundsJob job(QStringLiteral("all"), {});
        QVERIFY(test::runJob(job));
    }

private:
    /// Busy until it is its turn.
    RoundsJob::MakeJob standing(int number)
    {
        return [this, number] {
            return std::make_unique<ThreadJob>(
                QStringLiteral("step"), QThreadPool::globalInstance(), [this, number](JobContext&) -> Result<> {
                    ++m_tries;
                    int expected = number;
                    return m_left.compare_exchange_strong(expected, number - 1)
                        ? Result<>()
                        : Result<>(Error{ ErrorCode::Busy, "stood on", 0, {} });
                });
        };
    }

    std::atomic<int> m_left = 0;
    std::atomic<int> m_tries = 0;
};

QTEST_GUILESS_MAIN(RoundsJobTest)
#include "rounds_job_test.moc"
