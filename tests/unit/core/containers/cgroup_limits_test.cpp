// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/cgroup_limits.h"

#include <QDir>
#include <QFile>
#include <QFileSystemWatcher>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace twinhull;

class CgroupLimitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void areThoseOfTheKernel()
    {
        write("memory.max", "67108864\n");
        write("cpu.max", "150000 100000\n");
        write("pids.max", "30\n");
        const ResourceLimits asked{ 32U << 20U, 0.5, 10 };
        const ResourceLimits expected{ 64U << 20U, 1.5, 30 };
        QVERIFY(limitsIn(m_folder->path(), asked) == expected);
        QCOMPARE(limitFilesIn(m_folder->path()).size(), 3);
    }

    void ofTheRestAreTheKernelsWords()
    {
        ContainerFineLimits limits{ 1024, "0-1", 512, { { "rbps", "/dev/sda", 5 } } };
        const auto asked = fineLimitsOf(limits);
        QCOMPARE(asked.size(), 4);
        write("cpuset.cpus", "0\n");
        write("io.max", "8:0 rbps=5 wbps=max riops=max wiops=max\n");
        const auto there = fineLimitsIn(m_folder->path(), asked);
        QCOMPARE(there[QStringLiteral("cpuset.cpus")], QStringLiteral("0"));
        QCOMPARE(there[QStringLiteral("io.max")], QStringLiteral("8:0 rbps=5 wbps=max riops=max wiops=max"));
        QCOMPARE(there[QStringLiteral("cpu.weight")], asked[QStringLiteral("cpu.weight")]);
        QCOMPARE(limitFilesIn(m_folder->path()).size(), 2);
        limits.deviceRates.front().perSecond = 6;
        QVERIFY(fineLimitsOf(limits) != asked);
    }

    void areNoneWhereTheKernelSaysMax()
    {
        write("memory.max", "max\n");
        write("cpu.max", "max 100000\n");
        write("pids.max", "max\n");
        QVERIFY(limitsIn(m_folder->path(), { 32U << 20U, 0.5, 10 }) == ResourceLimits());
    }

    void areThoseThatWereAskedWhereTheKernelOnlyRounded()
    {
        write("memory.max", "33554432\n");
        write("cpu.max", "33333 100000\n");
        const ResourceLimits asked{ (32U << 20U) + 5, 1.0 / 3, {} };
        QVERIFY(limitsIn(m_folder->path(), asked) == asked);
    }

    void stayAsAskedWhereThereIsNoSuchFileOrNonsense()
    {
        const ResourceLimits asked{ 32U << 20U, 0.5, 10 };
        QVERIFY(limitsIn(m_folder->path(), asked) == asked);
        QVERIFY(limitFilesIn(m_folder->path()).isEmpty());
        write("cpu.max", "5 0\n");
        QVERIFY(!limitsIn(m_folder->path(), asked).cpus);
        write("memory.max", "");
        QCOMPARE(limitsIn(m_folder->path(), asked).memoryBytes, asked.memoryBytes);
    }

    /// What the provider relies on: a write to a file of a cgroup is told, whoever writes.
    void areToldOfByTheKernel()
    {
        QString cgroup;
        for (const char* mount : { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }) {
            const QString path = QStringLiteral("%1/twinhull-limits-%2").arg(QLatin1String(mount)).arg(::getpid());
            if (QFile::exists(QLatin1String(mount) + QStringLiteral("/cgroup.procs")) && QDir().mkdir(path))
                cgroup = path;
        }
        if (cgroup.isEmpty())
            QSKIP("needs a cgroup v2 tree that may be written");
        {
            // Every folder has this one, whatever its controllers.
            const QString file = cgroup + QStringLiteral("/cgroup.max.depth");
            QFileSystemWatcher watcher({ file });
            QSignalSpy changed(&watcher, &QFileSystemWatcher::fileChanged);
            QFile other(file);
            QVERIFY(other.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && other.write("7") == 1);
            QVERIFY(!changed.isEmpty() || changed.wait(30'000));
        }
        QVERIFY(QDir().rmdir(cgroup));
    }

private:
    void write(const char* name, const char* text) const
    {
        QFile file(m_folder->filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(CgroupLimitsTest)
#include "cgroup_limits_test.moc"
