// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/context_world.h"
#include "ui/create/compose_dialog.h"
#include "ui/jobs/job_output.h"

#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// A Compose file is checked before it is run.
class CreateComposeDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<test::ContextWorld>();
        m_dialog = std::make_unique<ComposeDialog>(m_world->context);
    }

    void cleanup()
    {
        m_dialog.reset();
        m_world.reset();
    }

    void offersToRunAGoodFile()
    {
        QVERIFY(!part<QPushButton>("composeRun")->isEnabled());
        choose("name: shop\nservices:\n  web: {image: x, depends_on: [db]}\n  db: {image: x}\n"
               "  admin: {image: x, profiles: [tools]}\n");
        QVERIFY(part<QPushButton>("composeRun")->isEnabled());
        QCOMPARE(part<QLabel>("composeServices")->text(),
            QStringLiteral("shop, in the order of their start: db, web\nNot chosen: admin (profile tools)"));
        QCOMPARE(part<QPlainTextEdit>("composeFindings")->toPlainText(), QString());
        QSignalSpy checked(m_dialog.get(), &ComposeDialog::checked);
        part<QLineEdit>("composeProfiles")->setText(QStringLiteral("tools"));
        QVERIFY(!part<QPushButton>("composeRun")->isEnabled()); // until it was looked at
        QVERIFY(checked.wait(twinhull::test::kTestPatienceMilliseconds));
        QVERIFY(part<QLabel>("composeServices")->text().endsWith(QStringLiteral("db, web, admin")));
        QCOMPARE(part<QLabel>("equivalentCommand")->text(),
            QStringLiteral("twinhullctl compose --file %1 --profile tools up -d").arg(path()));
    }

    void tellsWhatIsWrong()
    {
        choose("services:\n  web:\n    image: x\n    prots: [80]\n");
        QVERIFY(!part<QPushButton>("composeRun")->isEnabled());
        QCOMPARE(part<QPlainTextEdit>("composeFindings")->toPlainText(),
            QStringLiteral("compose.yaml:4:5: error: services.web.prots: there is no such key in the Compose "
                           "specification; is ports meant?"));
        QSignalSpy checked(m_dialog.get(), &ComposeDialog::checked);
        write("services:\n  web:\n    image: x\n"); // corrected meanwhile
        QVERIFY(checked.wait(twinhull::test::kTestPatienceMilliseconds));
        QVERIFY(part<QPushButton>("composeRun")->isEnabled());
    }

    void saysThatThereIsNoFile()
    {
        QSignalSpy checked(m_dialog.get(), &ComposeDialog::checked);
        m_dialog->setFile(QStringLiteral("/nowhere/compose.yaml"));
        QVERIFY(checked.wait(twinhull::test::kTestPatienceMilliseconds));
        QVERIFY(!part<QPushButton>("composeRun")->isEnabled());
        QVERIFY(!part<QLabel>("composeServices")->text().isEmpty());
    }

    void takesVariablesOfTheFilesThatAreNamed()
    {
        QVERIFY(m_folder.isValid());
        writeTo(QStringLiteral("one.env"), "NAME=first\nREST=rest\n");
        writeTo(QStringLiteral("two.env"), "NAME=second\n");
        choose("services:\n  web: {image: x, container_name: '${NAME:?is missing}-${REST}'}\n");
        QVERIFY(!part<QPushButton>("composeRun")->isEnabled());
        const QString whole = m_folder.filePath(QStringLiteral("two.env"));
        check("composeEnvironmentFiles", QStringLiteral("one.env, ") + whole);
        QVERIFY2(part<QPushButton>("composeRun")->isEnabled(),
            qPrintable(part<QPlainTextEdit>("composeFindings")->toPlainText()));
        QCOMPARE(part<QLabel>("equivalentCommand")->text(),
            QStringLiteral("twinhullctl compose --file %1 --env-file %2 --env-file %3 up -d")
                .arg(path(), m_folder.filePath(QStringLiteral("one.env")), whole));
        QSignalSpy checked(m_dialog.get(), &ComposeDialog::checked);
        writeTo(QStringLiteral("one.env"), "REST='\n"); // it is looked at again
        QVERIFY(checked.wait(twinhull::test::kTestPatienceMilliseconds));
        QVERIFY(!part<QPushButton>("composeRun")->isEnabled());
    }

    void saysWhichFileOfVariablesIsMissing()
    {
        choose("services:\n  web: {image: x}\n");
        check("composeEnvironmentFiles", QStringLiteral("none.env"));
        QVERIFY(!part<QPushButton>("composeRun")->isEnabled());
        QVERIFY(part<QLabel>("composeServices")->text().endsWith(QStringLiteral("leave it out.")));
        QVERIFY(part<QPlainTextEdit>("composeFindings")
                    ->toPlainText()
                    .endsWith(m_folder.filePath(QStringLiteral("none.env"))));
        check("composeEnvironmentFiles", QString());
        QVERIFY(part<QPushButton>("composeRun")->isEnabled());
    }

    void runsItAsAJob()
    {
        choose("services:\n  web: {image: nothing-of-that-name, pull_policy: never}\n");
        QTest::mouseClick(part<QPushButton>("composeRun"), Qt::LeftButton);
        QCOMPARE(m_dialog->result(), static_cast<int>(QDialog::Accepted));
        QCOMPARE(m_world->jobs.jobs().size(), std::size_t{ 1 });
        const Job* job = m_world->jobs.jobs().front();
        QVERIFY(outputOf(*job) != nullptr && outputOf(*job)->isEmpty()); // what builds say comes there
        QTRY_COMPARE(job->state(), Job::State::Failed);
        QVERIFY(QString::fromStdString(job->result().error().message).contains(QStringLiteral("never pulled")));
    }

private:
    template <typename Part>
    Part* part(const char* name) const
    {
        return m_dialog->findChild<Part*>(QLatin1String(name));
    }

    QString path() const { return m_folder.filePath(QStringLiteral("compose.yaml")); }

    void write(const QByteArray& text) { writeTo(QStringLiteral("compose.yaml"), text); }

    void writeTo(const QString& name, const QByteArray& text)
    {
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }

    void choose(const QByteArray& text)
    {
        write(text);
        QSignalSpy checked(m_dialog.get(), &ComposeDialog::checked);
        m_dialog->setFile(path());
        QVERIFY(checked.wait(twinhull::test::kTestPatienceMilliseconds));
    }

    /// With that text in one of the lines.
    void check(const char* line, const QString& text)
    {
        QSignalSpy checked(m_dialog.get(), &ComposeDialog::checked);
        part<QLineEdit>(line)->setText(text);
        QVERIFY(checked.wait(twinhull::test::kTestPatienceMilliseconds));
    }

    QTemporaryDir m_folder;
    std::unique_ptr<test::ContextWorld> m_world;
    std::unique_ptr<ComposeDialog> m_dialog;
};

QTEST_MAIN(CreateComposeDialogTest)
#include "create_compose_dialog_test.moc"
