// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_provider.h"
#include "ui/jobs/job_output.h"
#include "ui/jobs/job_output_dialog.h"
#include "ui/jobs/jobs_list.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace twinhull;
using test::HeldJob;

/// What a job's programs say, from the list of jobs.
class JobsOutputTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsAJobAndKeepsWhatItSaid()
    {
        JobQueue queue;
        JobsList list(queue);
        auto job = std::make_unique<HeldJob>(QStringLiteral("Up shop"));
        HeldJob* held = job.get();
        const auto output = std::make_shared<JobOutput>();
        attachOutput(*job, output);
        queue.submit(std::move(job));
        QCoreApplication::processEvents();
        auto* button = list.findChild<QPushButton*>(QStringLiteral("jobOutput"));
        QVERIFY(button != nullptr && button->isHidden()); // it said nothing
        output->add("web | STEP 1/2: FROM base\n");
        held->setStep(QStringLiteral("STEP 1/2"));
        QTRY_VERIFY(!button->isHidden());
        button->click();
        auto* dialog = list.findChild<JobOutputDialog*>();
        QVERIFY(dialog != nullptr);
        button->click();
        QCOMPARE(list.findChildren<JobOutputDialog*>().size(), qsizetype{ 1 }); // the same
        auto* view = dialog->findChild<QPlainTextEdit*>(QStringLiteral("jobOutputView"));
        QCOMPARE(view->toPlainText(), QStringLiteral("web | STEP 1/2: FROM base\n"));
        output->add("web | \x1b[31mSTEP 2/2\x1b[0m: RUN make\n");
        QTRY_VERIFY(view->toPlainText().endsWith(QStringLiteral("\nweb | STEP 2/2: RUN make\n")));
        QVERIFY(!view->accessibleName().isEmpty());
        auto* cancel = dialog->findChild<QPushButton*>(QStringLiteral("jobOutputCancel"));
        QVERIFY(cancel->isEnabled());
        cancel->click();
        QTRY_COMPARE(held->state(), Job::State::Cancelled);
        QTRY_VERIFY(!cancel->isEnabled());
        QVERIFY(!button->isHidden()); // what it said stays
    }

    void breaksALineThatIsTooLong()
    {
        JobOutput output;
        const std::string half(3000, 'x');
        for (int i = 0; i < 3; ++i)
            output.add(half);
        output.add("\nshort\n");
        const auto piece = output.from(0);
        const std::string line(4096, 'x');
        QCOMPARE(piece.text, line + "\n" + line + "\n" + std::string(9000 - 2 * 4096, 'x') + "\nshort\n");
        QCOMPARE(piece.end, std::uint64_t{ piece.text.size() });
        JobOutput letters;
        letters.add("x");
        for (int i = 0; i < 3000; ++i)
            letters.add("\xc3\xa4");
        QCOMPARE(letters.from(0).text.find('\n'), std::size_t{ 4097 }); // not within a letter
    }

    void hasNoButtonForAJobWithoutPrograms()
    {
        JobQueue queue;
        JobsList list(queue);
        queue.submit(std::make_unique<HeldJob>(QStringLiteral("Start web")));
        QCoreApplication::processEvents();
        QVERIFY(list.findChild<QPushButton*>(QStringLiteral("jobOutput"))->isHidden());
    }
};

QTEST_MAIN(JobsOutputTest)
#include "jobs_output_test.moc"
