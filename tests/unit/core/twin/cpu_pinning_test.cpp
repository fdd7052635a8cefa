// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/cpu_pinning.h"

#include "core/base/subprocess.h"

#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace twinhull;

class CpuPinningTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void suggestsSomeThatCanBeUsed()
    {
        const auto cpus = suggestedCpus();
        QVERIFY(!cpus.empty());
        QVERIFY(*pinnedCpusFrom(QStringLiteral("auto")) == cpus);
        QVERIFY(*pinnedCpusFrom(QString::number(cpus.front())) == std::vector{ cpus.front() });
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : { "", "a", "1-", "8191", "0-8191" })
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void refuses()
    {
        QFETCH(QString, text);
        const auto cpus = pinnedCpusFrom(text);
        QVERIFY(!cpus);
        QVERIFY(!cpus.error().hint.empty());
    }

    void tellsWhetherAProcessIsPinned()
    {
        const auto all = pinnedCpusFrom(QStringLiteral("auto"));
        const std::vector<unsigned> one{ all->front() };
        auto child = spawn({ { "sleep", "1000" }, {}, {}, one }, {});
        QVERIFY(child);
        HostFootprint footprint;
        footprint.helperPids = { child->pid };
        const auto here = checkPinned(footprint, one);
        const auto elsewhere = checkPinned(footprint, { one.front() + 1 });
        ::kill(child->pid, SIGKILL);
        ::waitpid(child->pid, nullptr, 0);
        QVERIFY2(here, here ? "" : here.error().message.c_str());
        QVERIFY(!elsewhere);
        QVERIFY2(elsewhere.error().message.find("sleep may use the processors " + std::to_string(one.front()))
                != std::string::npos,
            elsewhere.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(CpuPinningTest)
#include "cpu_pinning_test.moc"
