// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/frame_log.h"

#include "ui/shell/wait_probe.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

QJsonObject toldBy(const FrameLog& log)
{
    return QJsonDocument::fromJson(log.toJson()).object();
}

} // namespace

class FrameLogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysNullWhereNothingWasTimed()
    {
        const QJsonObject told = toldBy(FrameLog());
        QCOMPARE(told[QStringLiteral("version")].toInt(), 1);
        const QJsonObject frames = told[QStringLiteral("frames")].toObject();
        QCOMPARE(frames[QStringLiteral("count")].toInt(-1), 0);
        QVERIFY(frames[QStringLiteral("p95Milliseconds")].isNull());
        QVERIFY(frames[QStringLiteral("longestMilliseconds")].isNull());
    }

    void tellsWhatNineteenOfTwentyFramesTook()
    {
        FrameLog log;
        for (int i = 100; i >= 1; --i)
            log.addFrame({ i * 1000 * kMillisecond, i * kMillisecond, kMillisecond / 2 });
        const QJsonObject frames = toldBy(log)[QStringLiteral("frames")].toObject();
        QCOMPARE(frames[QStringLiteral("count")].toInt(), 100);
        QCOMPARE(frames[QStringLiteral("medianMilliseconds")].toDouble(), 50.0);
        QCOMPARE(frames[QStringLiteral("p95Milliseconds")].toDouble(), 95.0);
        QCOMPARE(frames[QStringLiteral("longestMilliseconds")].toDouble(), 100.0);
        QCOMPARE(frames[QStringLiteral("each")].toArray().size(), 100);
        QCOMPARE(frames[QStringLiteral("each")].toArray().first().toArray(), (QJsonArray{ 100.0, 100.0, 0.5 }));
    }

    void tellsStallsOneByOneAndCountsTheOtherWaits()
    {
        FrameLog log;
        log.addWait({ 0, 2 * kMillisecond, 0 });
        log.addWait({ 0, 8 * kMillisecond, 0 });
        const QJsonObject waits = toldBy(log)[QStringLiteral("waits")].toObject();
        QCOMPARE(waits[QStringLiteral("count")].toInt(), 2);
        QCOMPARE(waits[QStringLiteral("each")].toArray().size(), 1);
    }

    void noticesThatTheThreadWasBusy()
    {
        FrameLog log;
        const WaitProbe probe(log);
        QElapsedTimer busy;
        busy.start();
        while (!busy.hasExpired(100)) // a slot that works
            ;
        QTRY_VERIFY(toldBy(log)[QStringLiteral("waits")][QStringLiteral("count")].toInt() > 0);
        const QJsonObject waits = toldBy(log)[QStringLiteral("waits")].toObject();
        QVERIFY(waits[QStringLiteral("longestMilliseconds")].toDouble() >= 50);
        const QJsonArray stall = waits[QStringLiteral("each")].toArray().first().toArray();
        QVERIFY2(stall[2].toDouble() > 0, "it was this thread's work");
    }
};

QTEST_MAIN(FrameLogTest)
#include "shell_frame_log_test.moc"
