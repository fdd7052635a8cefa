// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_provider.h"
#include "ui/jobs/job_text.h"
#include "ui/jobs/jobs_model.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <QTranslator>

using namespace twinhull;
using test::HeldJob;
using test::InstantJob;

namespace {

HeldJob* submitHeld(JobQueue& queue, const QString& title)
{
    auto job = std::make_unique<HeldJob>(title);
    auto* held = job.get();
    queue.submit(std::move(job));
    QCoreApplication::processEvents();
    return held;
}

Error portTaken()
{
    return { ErrorCode::Busy, "start web: listen on 8080: Address already in use", 0, "publish another port" };
}

} // namespace

class JobsModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_translator.load(QStringLiteral(":/translations/twinhull_en.qm"))); // singular and plural
        QVERIFY(QCoreApplication::installTranslator(&m_translator));
    }

    void listsTheNewestFirst()
    {
        JobQueue queue;
        submitHeld(queue, QStringLiteral("one"));
        JobsModel model(queue);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        submitHeld(queue, QStringLiteral("two"));
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("two"));
        QCOMPARE(model.index(1).data().toString(), QStringLiteral("one"));
    }

    void forgetsOldJobs()
    {
        JobQueue queue;
        JobsModel model(queue);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int i = 0; i < 205; ++i)
            queue.submit(std::make_unique<InstantJob>(QString::number(i), [] { return Result<>(); }));
        QCoreApplication::processEvents();
        QCOMPARE(model.rowCount(), 200);
        QCOMPARE(model.index(199).data().toString(), QStringLiteral("5"));
    }

    void showsStepAndProgress()
    {
        JobQueue queue;
        JobsModel model(queue);
        auto* job = submitHeld(queue, QStringLiteral("pulling postgres:16"));
        QCOMPARE(model.index(0).data(JobsModel::ProgressRole).toDouble(), -1.0);
        job->setStep(QStringLiteral("layer 2 of 5"));
        job->setProgress(62, 100);
        QCOMPARE(model.index(0).data(JobsModel::StepRole).toString(), QStringLiteral("layer 2 of 5"));
        QCOMPARE(model.index(0).data(JobsModel::ProgressRole).toDouble(), 0.62);
        QCOMPARE(jobsSummary(queue), QStringLiteral("1 job · pulling postgres:16 62 %"));
    }

    void tellsAFailureAsASentence()
    {
        JobQueue queue;
        JobsModel model(queue);
        submitHeld(queue, QStringLiteral("Start web"))->end(portTaken());
        const QModelIndex row = model.index(0);
        QCOMPARE(
            row.data(JobsModel::StepRole).toString(), QStringLiteral("It is in use just now. publish another port"));
        QCOMPARE(row.data(JobsModel::DetailsRole).toString(),
            QStringLiteral("start web: listen on 8080: Address already in use"));
        QCOMPARE(jobsSummary(queue), QStringLiteral("Start web: failed"));
        QVERIFY(!row.data(JobsModel::CanRetryRole).toBool());
    }

    void retriesWhatCanBeMadeAgain()
    {
        JobQueue queue;
        int made = 0;
        Job* job = submitWithRetry(queue, [&made]() -> std::unique_ptr<Job> {
            return std::make_unique<InstantJob>(QStringLiteral("Start web"),
                [&made]() -> Result<> { return ++made == 1 ? Result<>(portTaken()) : Result<>(); });
        });
        QVERIFY(!canRetry(*job));
        QCoreApplication::processEvents();
        QVERIFY(canRetry(*job));
        Job* again = retry(queue, *job);
        QVERIFY(again);
        QCoreApplication::processEvents();
        QCOMPARE(again->state(), Job::State::Succeeded);
        QVERIFY(!retry(queue, *again));
    }

    void namesEveryErrorCode()
    {
        for (int code = 0; code <= static_cast<int>(ErrorCode::Io); ++code) {
            const ErrorText text = errorText({ static_cast<ErrorCode>(code), "chain", 0, {} });
            QVERIFY(text.sentence.endsWith(QLatin1Char('.')));
            if (code != static_cast<int>(ErrorCode::Unknown))
                QVERIFY2(text.sentence != errorText({ ErrorCode::Unknown, {}, 0, {} }).sentence,
                    nameOf(static_cast<ErrorCode>(code)).data());
            QCOMPARE(text.details, QStringLiteral("chain"));
        }
    }

private:
    QTranslator m_translator;
};

QTEST_MAIN(JobsModelTest)
#include "jobs_model_test.moc"
