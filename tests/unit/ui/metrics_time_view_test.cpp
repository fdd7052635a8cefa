// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/time_view.h"

#include "tests/support/metric_frames.h"
#include "ui/metrics/time_ruler.h"

#include <QDateTime>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <ctime>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::int64_t kDay = 24 * 3600 * kTick;

} // namespace

class TimeViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_rings = std::make_unique<MetricRings>();
        appendTicks(*m_rings, {}, 5000, [](MetricPoint&, int) {});
        m_view = std::make_unique<TimeView>(*m_rings);
    }

    void followsTheTicksUntilItIsMoved()
    {
        QVERIFY(m_view->isLive());
        appendTicks(*m_rings, {}, 10, [](MetricPoint&, int) {});
        QCOMPARE(m_view->window().toNanoseconds, m_rings->lastTickNanoseconds());
        QCOMPARE(m_view->window().length(), 600 * kTick);
        m_view->pan(-0.5);
        QVERIFY(!m_view->isLive());
        const TimeWindow before = m_view->window();
        appendTicks(*m_rings, {}, 10, [](MetricPoint&, int) {});
        QCOMPARE(m_view->window().fromNanoseconds, before.fromNanoseconds);
        m_view->goLive();
        QCOMPARE(m_view->window().toNanoseconds, m_rings->lastTickNanoseconds());
    }

    void keepsTheMomentUnderThePointerWhenItZooms()
    {
        const auto at = [this](double share) {
            const TimeWindow window = m_view->window();
            return window.fromNanoseconds + static_cast<std::int64_t>(share * double(window.length()));
        };
        const std::int64_t under = at(0.25);
        m_view->zoom(0.5, 0.25);
        QVERIFY(!m_view->isLive());
        QCOMPARE(m_view->window().length(), 300 * kTick);
        QVERIFY(std::llabs(at(0.25) - under) < 1000);
        m_view->zoom(2, 0.25);
        QVERIFY(std::llabs(at(0.25) - under) < 1000);
        QVERIFY2(m_view->isLive(), "what reaches now follows it again");
    }

    void goesNeitherBeyondNowNorBeyondWhatIsKept()
    {
        m_view->pan(5);
        QVERIFY(m_view->isLive());
        m_view->zoom(1e9, 1);
        QCOMPARE(m_view->window().length(), 30 * kDay);
        m_view->pan(-3);
        QCOMPARE(m_view->window().fromNanoseconds, m_view->now() - 30 * kDay);
        m_view->zoom(1e-12, 0.5);
        QCOMPARE(m_view->window().length(), 10 * kTick);
    }

    void startsOverWithTheLengthThatWasChosen()
    {
        m_view->setSpan(std::chrono::hours(1));
        m_view->zoom(0.1, 0.2);
        QSignalSpy changed(m_view.get(), &TimeView::changed);
        m_view->reset();
        QCOMPARE(changed.size(), 1);
        QVERIFY(m_view->isLive());
        QCOMPARE(m_view->window().length(), 3600 * kTick);
    }

    void staysInThePastWhenAnotherLengthIsChosen()
    {
        m_view->pan(-3);
        const TimeWindow before = m_view->window();
        m_view->setSpan(std::chrono::minutes(1));
        QVERIFY(!m_view->isLive());
        QCOMPARE(m_view->window().fromNanoseconds + 30 * kTick, before.fromNanoseconds + before.length() / 2);
    }

    void labelsClockTimesAtWholeSteps_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QStringList>("labels");
        QTest::newRow("two minutes") << qint64{ 120 }
                                     << QStringList{ QStringLiteral("3 Jan 10:00:00"), QStringLiteral("10:00:30"),
                                            QStringLiteral("10:01:00"), QStringLiteral("10:01:30"),
                                            QStringLiteral("10:02:00") };
        QTest::newRow("a day") << qint64{ 86'400 }
                               << QStringList{ QStringLiteral("3 Jan 12:00"), QStringLiteral("18:00"),
                                      QStringLiteral("4 Jan"), QStringLiteral("06:00") };
        QTest::newRow("seven days") << qint64{ 7 * 86'400 }
                                    << QStringList{ QStringLiteral("4 Jan"), QStringLiteral("6 Jan"),
                                           QStringLiteral("8 Jan"), QStringLiteral("10 Jan") };
    }
    void labelsClockTimesAtWholeSteps()
    {
        QFETCH(qint64, seconds);
        // 10 in the morning wherever this runs; the window's own clock began at 0 then.
        const std::int64_t ahead = QDateTime(QDate(2025, 1, 3), QTime(10, 0)).toMSecsSinceEpoch() * 1'000'000;
        QStringList texts;
        for (const TimeLabel& label : clockTimesOf({ 0, seconds * kTick }, ahead, 5))
            texts << label.text;
        QTEST(texts, "labels");
    }

    /// The night in which Berlin has the hour from 2 to 3 twice: labels stand where their clock times are, in order.
    void labelsTheNightInWhichTheClockIsSetBack()
    {
        const QByteArray zone = qgetenv("TZ");
        const bool hadZone = qEnvironmentVariableIsSet("TZ");
        qputenv("TZ", "Europe/Berlin");
        tzset();
        const std::int64_t from = QDateTime(QDate(2025, 10, 25), QTime(22, 0), Qt::UTC).toMSecsSinceEpoch();
        const TimeWindow window{ 0, 6 * 3600 * kTick };
        std::int64_t before = -1;
        int labels = 0;
        for (const TimeLabel& label : clockTimesOf(window, from * 1'000'000, 6)) {
            const auto moment = from + static_cast<std::int64_t>(std::llround(label.share * 6 * 3600)) * 1000;
            const auto clock = QDateTime::fromMSecsSinceEpoch(moment);
            QVERIFY2(moment > before, qPrintable(label.text));
            QVERIFY2(label.text.endsWith(clock.toString(QStringLiteral("HH:mm"))) || clock.time() == QTime(0, 0),
                qPrintable(label.text));
            before = moment;
            ++labels;
        }
        if (hadZone)
            qputenv("TZ", zone);
        else
            qunsetenv("TZ");
        tzset();
        QVERIFY(labels >= 5);
    }

private:
    std::unique_ptr<MetricRings> m_rings;
    std::unique_ptr<TimeView> m_view;
};

QTEST_MAIN(TimeViewTest)
#include "metrics_time_view_test.moc"
