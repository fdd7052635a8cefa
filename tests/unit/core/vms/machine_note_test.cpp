// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/machine_note.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;

class MachineNoteTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsWhyItIsAQ35()
    {
        const VmFolder folder(m_world.folders(), QStringLiteral("11111111-2222-3333-4444-555555555555"));
        QVERIFY(bool(makeFolders(folder.path().toStdString())));
        QVERIFY(!readMachineNote(folder));
        for (const Q35Reason reason : { Q35Reason::NoKvm, Q35Reason::NotKnown, Q35Reason::Failed }) {
            const MachineNote note{ reason, QStringLiteral("said \"no\""), {} };
            QVERIFY(bool(writeMachineNote(folder, note)));
            QVERIFY(readMachineNote(folder) == note);
        }
        const MachineNote again{ Q35Reason::Failed, QStringLiteral("why"),
            QDateTime::fromMSecsSinceEpoch(1'796'000'000'123).toUTC() };
        QVERIFY(bool(writeMachineNote(folder, again)));
        QVERIFY(readMachineNote(folder) == again);
        for (const char* text : { "", "[1]", "{\"version\":1}", "{\"version\":1,\"reason\":\"whim\"}",
                 "{\"version\":7,\"reason\":\"failed\"}" }) {
            QVERIFY(bool(writeFileAtomically((folder.path() + QStringLiteral("/machine.json")).toStdString(), text)));
            QVERIFY2(!readMachineNote(folder), text);
        }
        QVERIFY(bool(writeMachineNote(folder, again)));
        removeMachineNote(folder);
        QVERIFY(!readMachineNote(folder));
    }

    void remembersAnImageThatFailedForThatQemuAndKernel()
    {
        const QString digest = QStringLiteral("sha256:") + QString(64, u'a');
        const QString kernel = QStringLiteral("6.1.0-53");
        const MicrovmFailures failures(m_world.folders(), digest, 7'002'000, kernel);
        QVERIFY(!failures.find());
        failures.remember(QString(5000, u'x')); // what QEMU said may be long
        QCOMPARE(MicrovmFailures(m_world.folders(), digest, 7'002'000, kernel).find().value_or(QString()).size(), 300);
        QVERIFY(!MicrovmFailures(m_world.folders(), digest, 8'000'000, kernel).find()); // another QEMU is tried
        QVERIFY(!MicrovmFailures(m_world.folders(), digest, 7'002'000, QStringLiteral("6.1.0-54")).find());
        const QString other = QStringLiteral("sha256:") + QString(64, u'b');
        QVERIFY(!MicrovmFailures(m_world.folders(), other, 7'002'000, kernel).find());
    }

    /// A definition by others may say any digest.
    void writesNothingForADigestThatIsNone()
    {
        for (const char* digest :
            { "", "sha256:", "sha256:../../../../x", "../x:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }) {
            const MicrovmFailures failures(m_world.folders(), QLatin1String(digest), 1, QStringLiteral("6.1"));
            failures.remember(QStringLiteral("why"));
            QVERIFY2(!failures.find(), digest);
        }
    }

private:
    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(MachineNoteTest)
#include "machine_note_test.moc"
