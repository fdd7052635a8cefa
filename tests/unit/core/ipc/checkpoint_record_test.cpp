// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/checkpoint_record.h"

#include <QTest>

using namespace twinhull;

class CheckpointRecordTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        const CheckpointRecord record{ 1'700'000'000'000, { false, true, false, true },
            { { "back", "10.89.0.2", "fd00::2" }, { "front", "10.89.1.7", {} } } };
        const auto read = decodeCheckpointRecord(encodeCheckpointRecord(record));
        QVERIFY(read);
        QVERIFY(*read == record);
    }

    void refusesWhatIsNone_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("checkpoint");
        QTest::newRow("another version") << QByteArray(R"({"version":2,"wallMilliseconds":1,"choice":{},"places":[]})");
        QTest::newRow("no time") << QByteArray(R"({"version":1,"choice":{},"places":[]})");
        QTest::newRow("choice of text") << QByteArray(
            R"({"version":1,"wallMilliseconds":1,"choice":{"keepsLocks":"yes"},"places":[]})");
        QTest::newRow("places of numbers")
            << QByteArray(R"({"version":1,"wallMilliseconds":1,"choice":{},"places":[1]})");
        QTest::newRow("too long") << QByteArray(70'000, ' ');
    }
    void refusesWhatIsNone()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!decodeCheckpointRecord(text.toStdString()));
    }
};

QTEST_GUILESS_MAIN(CheckpointRecordTest)
#include "checkpoint_record_test.moc"
