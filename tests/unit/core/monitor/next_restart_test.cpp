// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/next_restart.h"

#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;

class NextRestartTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void asksThePolicy_data()
    {
        QTest::addColumn<QString>("policy");
        QTest::addColumn<int>("status");
        QTest::addColumn<unsigned>("before");
        QTest::addColumn<bool>("again");
        QTest::newRow("no, failed") << "no" << 1 << 0U << false;
        QTest::newRow("on failure, failed") << "on-failure" << 1 << 900U << true;
        QTest::newRow("on failure, ended well") << "on-failure" << 0 << 0U << false;
        QTest::newRow("on failure, not seen") << "on-failure" << -1 << 0U << true;
        QTest::newRow("on failure, once more") << "on-failure:3" << 1 << 2U << true;
        QTest::newRow("on failure, often enough") << "on-failure:3" << 1 << 3U << false;
        QTest::newRow("always, ended well") << "always" << 0 << 5U << true;
        QTest::newRow("unless stopped, ended well") << "unless-stopped" << 0 << 5U << true;
    }

    void asksThePolicy()
    {
        QFETCH(QString, policy);
        QFETCH(int, status);
        QFETCH(unsigned, before);
        QFETCH(bool, again);
        const auto read = decodeRestartPolicy(policy.toStdString());
        QVERIFY(read);
        const EndedRun ended{ status < 0 ? std::nullopt : std::optional(status), 1s };
        const auto next = nextRestart(*read, { before, 0, 0 }, ended, 1000);
        QCOMPARE(next.has_value(), again);
        if (next)
            QCOMPARE(next->count, before + 1);
    }

    void waitsLongerEachTimeUpToAMinute()
    {
        const RestartPolicy always{ RestartPolicy::When::Always, 0 };
        RestartState state;
        std::vector<std::int64_t> delays;
        for (int i = 0; i < 12; ++i) {
            state = *nextRestart(always, state, { 1, 9'999ms }, 5'000);
            delays.push_back(state.delayMilliseconds);
            QCOMPARE(state.dueWallMilliseconds, 5'000 + state.delayMilliseconds);
        }
        QCOMPARE(delays,
            (std::vector<std::int64_t>{
                100, 200, 400, 800, 1600, 3200, 6400, 12'800, 25'600, 51'200, 60'000, 60'000 }));
        state = *nextRestart(always, state, { 1, 10s }, 5'000);
        QCOMPARE(state.delayMilliseconds, 100);
        QCOMPARE(state.count, 13U);
    }
};

QTEST_GUILESS_MAIN(NextRestartTest)
#include "next_restart_test.moc"
