// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_chunk.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace twinhull;

namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

} // namespace

class HistoryChunkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        const HistoryChunk chunk{ 1'700'000'000'123, { 0, 1000, 2003 },
            { { 1, { 0.25F, 0.5F, 0.75F } }, { 7, { 64.0F, 64.0F, 64.0F } } } };
        const auto again = decodeHistoryChunk(chunk.startMilliseconds, encodeHistoryChunk(chunk));
        QVERIFY(again);
        QVERIFY(*again == chunk);
    }

    void keepsWhatIsAbsent()
    {
        const HistoryChunk chunk{ 0, { 0, 1000 }, { { 1, { kNone, 2.0F } }, { 2, { kNone, kNone } } } };
        const auto again = decodeHistoryChunk(0, encodeHistoryChunk(chunk));
        QVERIFY(again);
        QVERIFY(std::isnan(again->columns.at(1)[0]) && again->columns.at(1)[1] == 2.0F);
        QVERIFY(std::isnan(again->columns.at(2)[0]) && std::isnan(again->columns.at(2)[1]));
    }

    /// Ten minutes of ten figures, of which three change: well below 32 KiB.
    void isSmall()
    {
        qsizetype bytes = 0;
        for (int i = 0; i < 60; ++i) {
            HistoryChunk chunk;
            for (int second = 0; second < 10; ++second)
                chunk.offsets.push_back(static_cast<std::uint16_t>(second * 1000));
            for (int figure = 0; figure < 10; ++figure)
                for (int second = 0; second < 10; ++second)
                    chunk.columns[figure].push_back(figure < 3 ? float(second) : 1.0F);
            bytes += encodeHistoryChunk(chunk).size();
        }
        QVERIFY2(bytes < 14'000, qPrintable(QString::number(bytes)));
    }

    void refusesWhatItDidNotWrite_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray whole = encodeHistoryChunk({ 0, { 0, 1000 }, { { 1, { 1.0F, 2.0F } } } });
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("cut") << whole.left(whole.size() - 1);
        QTest::newRow("more") << whole + '\0';
        QByteArray back = whole;
        std::swap(back[2], back[4]);
        std::swap(back[3], back[5]);
        QTest::newRow("time that goes back") << back;
        QByteArray form = whole;
        form[7] = 9;
        QTest::newRow("unknown form") << form;
        QTest::newRow("long") << QByteArray(100'000, '\xff');
    }
    void refusesWhatItDidNotWrite()
    {
        QFETCH(QByteArray, bytes);
        const auto chunk = decodeHistoryChunk(0, bytes);
        QVERIFY(!chunk);
        QCOMPARE(chunk.error().code, ErrorCode::Corrupt);
    }

    void keepsMinutes()
    {
        const HistoryMinute minute{ { 1, { 0, 0.5F, 1 } }, { 200, { 7, 7, 7 } } };
        const auto again = decodeHistoryMinute(encodeHistoryMinute(minute));
        QVERIFY(again);
        QVERIFY(*again == minute);
        QVERIFY(!decodeHistoryMinute(QByteArray(7, 'x')));
        QVERIFY(decodeHistoryMinute({})->empty());
    }
};

QTEST_GUILESS_MAIN(HistoryChunkTest)
#include "history_chunk_test.moc"
