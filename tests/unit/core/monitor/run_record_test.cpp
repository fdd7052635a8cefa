// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/run_record.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

class RunRecordTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheBoot()
    {
        const QTemporaryDir folder;
        MonitorStatus status;
        status.bootId = currentBootId();
        QCOMPARE(status.bootId.size(), std::size_t{ 36 });
        QVERIFY(keepRunRecord(folder.path().toStdString(), status));
        const auto kept = readRunRecord(folder.path().toStdString());
        QVERIFY(kept && *kept == status);
    }

    void knowsWhatIsFromAnotherBootOrSession()
    {
        const QTemporaryDir runtime;
        const std::string there = runtime.path().toStdString();
        MonitorStatus status;
        QVERIFY(!isFromEarlierSession(status, there)); // of a program that did not write it
        status.bootId = currentBootId();
        QVERIFY(!isFromEarlierSession(status, there));
        QVERIFY(isFromEarlierSession(status, there + "/gone"));
        status.bootId = "01234567-0123-0123-0123-0123456789ab";
        QVERIFY(isFromEarlierSession(status, there));
    }
};

QTEST_GUILESS_MAIN(RunRecordTest)
#include "run_record_test.moc"
