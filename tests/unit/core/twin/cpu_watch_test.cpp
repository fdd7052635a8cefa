// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/cpu_watch.h"

#include "core/base/subprocess.h"

#include <QFile>
#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace twinhull;

class CpuWatchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// The busy child is reaped by the kernel itself; without having seen it nothing of its time is left.
    void countsChildrenThatNobodyWaitsFor()
    {
        const char* program = "import os, signal, time\n"
                              "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
                              "if os.fork() == 0:\n"
                              "    while time.process_time() < 0.5: pass\n"
                              "    os._exit(0)\n"
                              "try: os.wait()\n"
                              "except ChildProcessError: pass\n"
                              "time.sleep(1000)\n";
        const auto child = spawn({ { "/usr/bin/python3", "-c", program }, {}, {} }, {});
        QVERIFY(child);
        HostFootprint footprint;
        footprint.rootPids = { child->pid };
        CpuWatch watch(footprint);
        QTRY_VERIFY(hasNoChildren(child->pid));
        const Sample sample = watch.finish();
        ::kill(child->pid, SIGKILL);
        ::waitpid(child->pid, nullptr, 0);
        QVERIFY(sample.cpuNanoseconds);
        QVERIFY2(*sample.cpuNanoseconds > 400'000'000, qPrintable(QString::number(*sample.cpuNanoseconds)));
    }

    void hasNoFigureWithoutProcesses()
    {
        CpuWatch watch{ HostFootprint() };
        QVERIFY(!watch.finish().cpuNanoseconds);
    }

private:
    bool m_hadChildren = false;

    bool hasNoChildren(pid_t pid)
    {
        QFile file(QStringLiteral("/proc/%1/task/%1/children").arg(pid));
        const bool hasSome = file.open(QIODevice::ReadOnly) && !file.readAll().trimmed().isEmpty();
        m_hadChildren = m_hadChildren || hasSome;
        return m_hadChildren && !hasSome;
    }
};

QTEST_GUILESS_MAIN(CpuWatchTest)
#include "cpu_watch_test.moc"
