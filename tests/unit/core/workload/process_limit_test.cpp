// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/process_limit.h"

#include <QTest>

#include <sys/resource.h>

using namespace twinhull;

class ProcessLimitTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatItWrites_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("again"); // empty: refused
        const auto row = [](const char* text, const char* again) {
            QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(again);
        };
        row("nofile=1024:65536", "nofile=1024:65536");
        row("nofile=1024", "nofile=1024");
        row("nofile=1024:1024", "nofile=1024");
        row("memlock=-1", "memlock=-1");
        row("memlock=-1:-1", "memlock=-1");
        row("core=0:unlimited", "core=0:-1");
        row("nofile=2:1", "");
        row("nofile=-1:1", "");
        row("nofile=-2", "");
        row("nofile=1k", "");
        row("nofile=", "");
        row("nofile", "");
        row("nofile=1:", "");
        row("nofile=1:2:3", "");
        row("RLIMIT_NOFILE=1", "");
        row("files=1", "");
        row("=1", "");
    }
    void readsWhatItWrites()
    {
        QFETCH(QString, text);
        QFETCH(QString, again);
        const auto limit = processLimitFromText(text);
        QCOMPARE(limit ? processLimitText(*limit) : QString(), again);
        if (!limit)
            QVERIFY(!limit.error().hint.empty());
    }

    void hasNoLimitAsTheKernelHasIt()
    {
        QCOMPARE(processLimitFromText(QStringLiteral("stack=-1"))->hard, std::uint64_t{ RLIM_INFINITY });
        QCOMPARE(resourceNumber(QStringLiteral("stack")), std::optional<int>(RLIMIT_STACK));
        QVERIFY(!resourceNumber(QString()));
    }
};

QTEST_GUILESS_MAIN(ProcessLimitTest)
#include "process_limit_test.moc"
