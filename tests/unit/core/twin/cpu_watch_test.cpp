// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/cpu_watch.h"

#include "core/base/subprocess.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

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
        QVERIFY(CpuWatch::paceFor(WorkloadKind::Container, footprint) == CpuWatch::Pace::AgainAndAgain);
        CpuWatch watch(footprint, CpuWatch::Pace::AgainAndAgain);
        QTRY_VERIFY_WITH_TIMEOUT(hasNoChildren(child->pid), 60'000);
        const Sample sample = watch.finish();
        ::kill(child->pid, SIGKILL);
        ::waitpid(child->pid, nullptr, 0);
        QVERIFY(sample.cpuNanoseconds);
        QVERIFY2(*sample.cpuNanoseconds > 400'000'000, qPrintable(QString::number(*sample.cpuNanoseconds)));
    }

    void hasNoFigureWithoutProcesses()
    {
        CpuWatch watch(HostFootprint(), CpuWatch::Pace::AgainAndAgain);
        QVERIFY(!watch.finish().cpuNanoseconds);
    }

    /// What is measured must not share its cores with a thread that reads all the time.
    void readsOnceWhereACgroupCounts()
    {
        const QTemporaryDir folder;
        QVERIFY(write(folder.filePath(QStringLiteral("cpu.stat")), "usage_usec 5000\nuser_usec 5000\nsystem_usec 0\n"));
        QVERIFY(write(folder.filePath(QStringLiteral("cgroup.events")), "populated 1\nfrozen 0\n"));
        HostFootprint footprint;
        footprint.cgroupPath = folder.path();
        const auto pace = CpuWatch::paceFor(WorkloadKind::Container, footprint);
        QVERIFY(pace == CpuWatch::Pace::Once);
        const auto threads = threadCount();
        CpuWatch watch(footprint, pace);
        QCOMPARE(threadCount(), threads);
        QVERIFY(write(folder.filePath(QStringLiteral("cpu.stat")), "usage_usec 9000\nuser_usec 9000\nsystem_usec 0\n"));
        QCOMPARE(watch.finish().cpuNanoseconds.value_or(0), std::uint64_t{ 9'000'000 });
    }

    void readsAVmOnce()
    {
        HostFootprint footprint;
        footprint.rootPids = { ::getpid() };
        QVERIFY(CpuWatch::paceFor(WorkloadKind::Vm, footprint) == CpuWatch::Pace::Once);
        CpuWatch watch(footprint, CpuWatch::Pace::Once);
        QVERIFY(watch.finish().cpuNanoseconds.value_or(0) > 0);
    }

private:
    static bool write(const QString& path, const char* text)
    {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(text) > 0;
    }

    static qsizetype threadCount()
    {
        return QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size();
    }

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
