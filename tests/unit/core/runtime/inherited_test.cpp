// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/inherited.h"
#include "tests/support/child_report.h"

#include <QTest>

#include <linux/capability.h>
#include <sys/prctl.h>

#include <csignal>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// What a caller leaves behind in hull: what is not read here is not taken back before a program starts.
class InheritedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBothMasks()
    {
        const auto inherited = parseInherited("Name:\thull\nSigBlk:\t00000000000000ff\nSigIgn:\t8000000000001001\n"
                                              "CapPrm:\t0000000000000001\nCapBnd:\t000001ffffffffff\nCapAmb:\t0\n");
        QCOMPARE(inherited.ignoredSignals, std::uint64_t{ 0x8000000000001001 });
        QVERIFY(inherited.bounding == std::optional(CapabilityMask{ 0x1ffffffffff }));
    }

    void knowsNothingWhereNothingIsTold_data()
    {
        QTest::addColumn<QString>("status");
        QTest::newRow("nothing") << QString();
        QTest::newRow("no such lines") << QStringLiteral("Name:\thull\nSigBlk:\t0\n");
        QTest::newRow("cut") << QStringLiteral("Name:\thull\nSigIgn:\t0000");
        QTest::newRow("no numbers") << QStringLiteral("Name:\thull\nSigIgn:\tnone\nCapBnd:\t12 34\n");
        QTest::newRow("too long") << QStringLiteral("N:\nSigIgn:\t10000000000000000\nCapBnd:\t10000000000000000\n");
        QTest::newRow("a name that says so") << QStringLiteral("Name:\tSigIgn:\t0\n");
    }
    void knowsNothingWhereNothingIsTold()
    {
        QFETCH(QString, status);
        const auto inherited = parseInherited(status.toStdString());
        QCOMPARE(inherited.ignoredSignals, ~std::uint64_t{ 0 });
        QVERIFY(!inherited.bounding);
    }

    void seesWhatTheCallerIgnores()
    {
        const std::string report = inChild([] {
            for (const int signal : { SIGHUP, SIGPIPE, SIGRTMAX })
                (void)::signal(signal, SIG_IGN);
            const auto ignored = readInherited().ignoredSignals;
            const auto has = [&](int signal) { return (ignored >> static_cast<unsigned>(signal - 1) & 1U) != 0; };
            return std::string(has(SIGHUP) && has(SIGPIPE) && has(SIGRTMAX) && !has(SIGTERM) ? "right" : "wrong");
        });
        QCOMPARE(report, std::string("right"));
    }

    void seesTheBoundingSet()
    {
        TH_NEEDS_ROOT;
        const std::string report = inChild([] {
            if (::prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT, 0, 0, 0) != 0)
                return std::string("cannot drop");
            const auto bounding = readInherited().bounding.value_or(0);
            const CapabilityMask boot = CapabilityMask{ 1 } << unsigned{ CAP_SYS_BOOT };
            return std::string((bounding & boot) == 0 && (bounding & 1U) != 0 ? "right" : "wrong");
        });
        QCOMPARE(report, std::string("right"));
    }
};

QTEST_GUILESS_MAIN(InheritedTest)
#include "inherited_test.moc"
