// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/worker_report.h"

#include <QTest>

using namespace twinhull;

class WorkerReportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void carriesProgressAcrossReads()
    {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> seen;
        WorkerReport report([&](std::uint64_t done, std::uint64_t total) { seen.emplace_back(done, total); });
        const std::string lines = progressLine(3, 10) + progressLine(10, 10);
        for (const char byte : lines)
            report.feed({ &byte, 1 });
        QVERIFY((seen == decltype(seen){ { 3, 10 }, { 10, 10 } }));
        QVERIFY(!report.error());
    }

    void carriesAnErrorWhole()
    {
        WorkerReport report([](std::uint64_t, std::uint64_t) {});
        report.feed(errorLines({ ErrorCode::OutOfSpace, "no space\nleft here", 28, "Free some." }));
        QVERIFY(report.error());
        QCOMPARE(report.error()->code, ErrorCode::OutOfSpace);
        QCOMPARE(report.error()->sysErrno, 28);
        QCOMPARE(report.error()->message, std::string("no space left here"));
        QCOMPARE(report.error()->hint, std::string("Free some."));
    }

    void passesOverWhatItDoesNotKnow()
    {
        int calls = 0;
        WorkerReport report([&](std::uint64_t, std::uint64_t) { ++calls; });
        report.feed("\n\nhello\nhint alone\nerror 9999 x y z\n");
        report.feed(std::string(200'000, 'x') + "\n");
        QCOMPARE(calls, 0);
        QCOMPARE(report.error()->code, ErrorCode::Io); // the nearest code there is
    }
};

QTEST_GUILESS_MAIN(WorkerReportTest)
#include "worker_report_test.moc"
