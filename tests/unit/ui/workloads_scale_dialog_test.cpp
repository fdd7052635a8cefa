// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/context_world.h"
#include "core/compose/compose_labels.h"
#include "ui/workloads/scale_dialog.h"

#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// The numbers of an application's services, of the file that its containers name.
class WorkloadsScaleDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<test::ContextWorld>();
        for (int number : { 1, 2 }) {
            auto info = test::makeWorkload(WorkloadKind::Container, QStringLiteral("shop-web-%1").arg(number));
            info.labels = { { kProjectLabel, QStringLiteral("shop") }, { kServiceLabel, QStringLiteral("web") },
                { kNumberLabel, QString::number(number) }, { kFileLabel, path() } };
            m_world->containers.put(info);
        }
    }

    void offersWhatEachServiceCanHave()
    {
        write("services:\n  web: {image: none, pull_policy: never}\n  db: {image: none, pull_policy: never, ports: "
              "['0.0.0.0:5432:5432']}\n  named: {image: none, container_name: one}\n");
        ScaleDialog dialog(m_world->context, QStringLiteral("shop"));
        auto* apply = dialog.findChild<QPushButton*>(QStringLiteral("scaleApply"));
        QVERIFY(!apply->isEnabled());
        wait(dialog);
        auto* web = dialog.findChild<QSpinBox*>(QStringLiteral("scale-web"));
        QVERIFY(web != nullptr);
        QCOMPARE(web->value(), 2);
        QCOMPARE(web->maximum(), 100);
        QVERIFY(!web->accessibleName().isEmpty());
        auto* db = dialog.findChild<QSpinBox*>(QStringLiteral("scale-db"));
        QCOMPARE(db->value(), 0);
        QCOMPARE(db->maximum(), 1);
        QCOMPARE(dialog.findChild<QLabel*>(QStringLiteral("scaleReason-db"))->text(),
            QStringLiteral("2 containers cannot share port 5432; publish a range"));
        QCOMPARE(dialog.findChild<QLabel*>(QStringLiteral("scaleReason-named"))->text(),
            QStringLiteral("several containers cannot bear one container_name"));
        QVERIFY(!apply->isEnabled()); // nothing is another number
        auto* losses = dialog.findChild<QLabel*>(QStringLiteral("scaleLosses"));
        QVERIFY(losses->isHidden());
        web->setValue(0);
        QVERIFY(!losses->isHidden());
        QCOMPARE(losses->text(), QStringLiteral("2 containers are removed for good, with what is written in them."));
        web->setValue(3);
        QVERIFY(losses->isHidden());
        QVERIFY(apply->isEnabled());
        QCOMPARE(dialog.findChild<QLabel*>(QStringLiteral("equivalentCommand"))->text(),
            QStringLiteral("twinhullctl compose --file %1 --project-name shop scale web=3").arg(path()));
        QTest::mouseClick(apply, Qt::LeftButton);
        QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
        QCOMPARE(m_world->jobs.jobs().size(), std::size_t{ 1 });
        const Job* job = m_world->jobs.jobs().front();
        QTRY_COMPARE(job->state(), Job::State::Failed);
        QVERIFY(QString::fromStdString(job->result().error().message).contains(QStringLiteral("never pulled")));
    }

    void saysWhatIsWrongWithTheFile_data()
    {
        QTest::addColumn<QByteArray>("text"); // empty: there is none
        QTest::addColumn<QString>("says");
        QTest::newRow("gone") << QByteArray() << QStringLiteral("compose --file FILE");
        QTest::newRow("broken") << QByteArray("services: {web: {image: x, prots: [80]}}\n")
                                << QStringLiteral("is ports meant?");
    }
    void saysWhatIsWrongWithTheFile()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        QFile::remove(path());
        if (!text.isEmpty())
            write(text);
        ScaleDialog dialog(m_world->context, QStringLiteral("shop"));
        wait(dialog);
        const QString told = dialog.findChild<QLabel*>(QStringLiteral("scaleText"))->text();
        QVERIFY2(told.contains(says), qPrintable(told));
        QVERIFY(!dialog.findChild<QPushButton*>(QStringLiteral("scaleApply"))->isEnabled());
        QVERIFY(dialog.findChild<QSpinBox*>() == nullptr);
    }

    void warnsOfWhatTheFileLeavesWithoutEffect()
    {
        QByteArray text("services:\n");
        for (int i = 0; i < 7; ++i)
            text += "  s" + QByteArray::number(i) + ": {image: none, pull_policy: never, logging: {driver: syslog}}\n";
        write(text);
        ScaleDialog dialog(m_world->context, QStringLiteral("shop"));
        dialog.show(); // it is open before the file is read
        wait(dialog);
        const auto isSeen = [&dialog](const char* name) {
            const auto* field = dialog.findChild<QSpinBox*>(QLatin1String(name));
            return field->visibleRegion().boundingRect().height() == field->height();
        };
        QTRY_VERIFY(isSeen("scale-s0") && isSeen("scale-s2"));
        const QString told = dialog.findChild<QLabel*>(QStringLiteral("scaleText"))->text();
        QVERIFY2(told.startsWith(QStringLiteral("Of ")), qPrintable(told));
        QCOMPARE(told.count(QStringLiteral("a file of its own")), qsizetype{ 5 }); // the first
        dialog.findChild<QSpinBox*>(QStringLiteral("scale-s0"))->setValue(1);
        QVERIFY(dialog.findChild<QPushButton*>(QStringLiteral("scaleApply"))->isEnabled());
    }

private:
    QString path() const { return m_folder.filePath(QStringLiteral("compose.yaml")); }

    void write(const QByteArray& text) const
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }

    static void wait(ScaleDialog& dialog)
    {
        QSignalSpy checked(&dialog, &ScaleDialog::checked);
        QVERIFY(checked.wait(twinhull::test::kTestPatienceMilliseconds));
    }

    QTemporaryDir m_folder;
    std::unique_ptr<test::ContextWorld> m_world;
};

QTEST_MAIN(WorkloadsScaleDialogTest)
#include "workloads_scale_dialog_test.moc"
