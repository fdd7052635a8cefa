// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/metrics/host_cost_source.h"
#include "tests/support/ctl.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QJsonObject>
#include <QTest>

#include <sys/wait.h>

#include <array>
#include <cmath>
#include <csignal>

using namespace twinhull;
using test::ctl;

namespace {

constexpr double kMebibyte = 1 << 20;
constexpr int kTurns = 4; ///< at most, of what a busy computer disturbs
constexpr const char* kCtl = TH_BIN_DIR "/twinhullctl";
constexpr const char* kLoad = "/tmp/load"; // in the guest

double growth(const Reading<std::uint64_t>& before, const Reading<std::uint64_t>& after)
{
    return static_cast<double>(after.value_or(0)) - static_cast<double>(before.value_or(0));
}

/// A command in the guest that goes on until this ends.
class InTheGuest {
public:
    explicit InTheGuest(std::vector<std::string> words)
    {
        words.insert(words.begin(), { kCtl, "exec", "-u", "0", "web" });
        if (auto child = spawn({ std::move(words), {}, {} }, {}))
            m_pid = child->pid;
    }
    ~InTheGuest()
    {
        if (m_pid > 0 && ::kill(m_pid, SIGINT) == 0)
            ::waitpid(m_pid, nullptr, 0);
    }
    InTheGuest(const InTheGuest&) = delete;
    InTheGuest& operator=(const InTheGuest&) = delete;

    bool hasBegun() const { return m_pid > 0; }

private:
    pid_t m_pid = -1;
};

} // namespace

/// What the host reads of a VM made from an image, against loads inside that know what they cost; and what the VM gives
/// back when its programs need it no more.
class VmMemoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto ready = test::prepareGuests({ { "images", "starter" },
            { "create", "--vm", "--memory", "256M", "--label", "org.twinhull.cache=keep", "--name", "web", "starter" },
            { "start", "web" }, { "cp", TH_BIN_DIR "/twinhull-load", std::string("web:") + kLoad } });
        QVERIFY2(ready, ready ? "" : ready.error().message.c_str());
        m_target.id = { WorkloadKind::Vm, QStringLiteral("web") };
        m_target.footprint.rootPids = { qemu("web") };
        QVERIFY(m_target.footprint.rootPids.front() > 0);
    }
    void cleanupTestCase()
    {
        const auto removed = ctl({ "remove", "web" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
    }

    /// Idle against idle: what it costs to rest is the same both times. A machine that was kept waiting works off its
    /// clock's ticks afterwards, so one of several times is asked for.
    void readsNoDifferenceWhileItRests()
    {
        const auto hasSettled = [this] {
            const Sample before = now();
            return before.cpuNanoseconds && coresBetween(before, laterBySeconds(2)) < 0.03;
        };
        QTRY_VERIFY_WITH_TIMEOUT(hasSettled(), 60'000); // its system still begins
        QString seen;
        bool isSame = false;
        for (int turn = 0; turn < kTurns && !isSame; ++turn) {
            const std::array rests{ now(), laterBySeconds(3), laterBySeconds(3) };
            for (const Sample& rest : rests)
                QVERIFY(rest.cpuNanoseconds.has_value() && rest.slow.ram.has_value());
            const double first = coresBetween(rests[0], rests[1]);
            const double second = coresBetween(rests[1], rests[2]);
            const double grown = growth(rests[1].slow.ram, rests[2].slow.ram) / kMebibyte;
            isSame = std::abs(first - second) <= 0.02 && std::abs(grown) <= 1;
            seen += QStringLiteral("%1, then %2 cores, %3 MiB more; ").arg(first).arg(second).arg(grown);
        }
        QVERIFY2(isSame, qPrintable(seen));
    }

    /// What the command costs by itself falls out of the difference of a long load and a short one. A guest cannot see
    /// that its processor waits for a core: it counts that as work, so the host's count of the wait belongs to it.
    void countsTheCpuOfALoopAsTheGuestDoes()
    {
        QString seen;
        bool isTrue = false;
        for (int turn = 0; turn < kTurns && !isTrue; ++turn) { // what else the guest did in one of the loads is in it
            const Cost brief = costOf({ "burn", "--amount", "900", "--seconds", "1" });
            const Cost whole = costOf({ "burn", "--amount", "900", "--seconds", "5" });
            const double truth = whole.toldNanoseconds - brief.toldNanoseconds;
            const double read = whole.vcpuNanoseconds - brief.vcpuNanoseconds;
            const double sum = whole.partsNanoseconds / whole.cpuNanoseconds;
            isTrue = truth > 0 && std::abs(read - truth) <= 0.03 * truth;
            seen += QStringLiteral("%1; ").arg(read / truth);
            QVERIFY2(std::abs(sum - 1) <= 0.01, qPrintable(QString::number(sum)));
        }
        QVERIFY2(isTrue, qPrintable(seen));
    }

    /// The first block takes what the guest had used before and was free again: the host held that already.
    void countsMemoryThatIsTouched()
    {
        const Sample idle = now();
        const InTheGuest first({ kLoad, "touch", "--seconds", "600" });
        QVERIFY(first.hasBegun());
        QTRY_VERIFY_WITH_TIMEOUT(grownSince(idle) > 48, 60'000);
        QTRY_VERIFY(hasGrown()); // what was left to touch
        const Sample before = now();
        const InTheGuest second({ kLoad, "touch", "--seconds", "600" });
        QVERIFY(second.hasBegun());
        (void)QTest::qWaitFor([&] { return grownSince(before) > 63; }, 60'000); // else the figure tells
        QTRY_VERIFY(hasGrown());
        const double grown = grownSince(before);
        QVERIFY2(std::abs(grown - 64) <= 1, qPrintable(QString::number(grown)));
    }

    void givesBackWhatWasUsed()
    {
        constexpr std::int64_t kHeldMebibytes = 64;
        inside("web", "mkdir -p /held && mount -t tmpfs none /held && head -c 67108864 /dev/zero > /held/bytes");
        const auto used = hostMebibytes("web");
        QVERIFY2(used > kHeldMebibytes, qPrintable(QString::number(used)));
        inside("web", "rm /held/bytes && umount /held");
        const auto isBack = [&] { return hostMebibytes("web") < used - kHeldMebibytes / 2; };
        QVERIFY2(QTest::qWaitFor(isBack, 60'000),
            qPrintable(QStringLiteral("%1 MiB before, %2 MiB after").arg(used).arg(hostMebibytes("web"))));
    }

    /// A machine of its own: what is read above must not meet a cache that goes.
    void givesBackItsPageCacheWhenItRests()
    {
        constexpr std::int64_t kReadMebibytes = 64;
        for (const std::vector<std::string>& words :
            { std::vector<std::string>{ "create", "--vm", "--machine", "q35", "--memory", "256M", "--label",
                  "org.twinhull.cache=6", "--name", "rests", "starter" },
                { "start", "rests" } }) {
            const auto done = ctl(words);
            QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
        }
        const auto inspected = ctl({ "inspect", "rests", "--json" }).json()[0];
        QVERIFY(inspected[u"machine"].toString().startsWith(u"pc-q35-"));
        QVERIFY(!inspected[u"machine_reason"].toString().isEmpty());
        const auto before = hostMebibytes("rests");
        inside("rests", "head -c 67108864 /dev/zero > /bytes && sync && cat /bytes > /dev/null");
        const auto used = hostMebibytes("rests");
        QVERIFY2(used > before + kReadMebibytes / 2,
            qPrintable(QStringLiteral("%1 MiB, then %2 MiB").arg(before).arg(used)));
        const auto isBack = [&] { return hostMebibytes("rests") < used - kReadMebibytes / 2; };
        QVERIFY2(QTest::qWaitFor(isBack, 120'000),
            qPrintable(QStringLiteral("%1 MiB before, %2 MiB after").arg(used).arg(hostMebibytes("rests"))));
        inside("rests", "test $(head -c 99999999 /bytes | wc -c) = 67108864"); // it is read from its disk again
        const auto removed = ctl({ "remove", "rests" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
    }

private:
    /// Of one load, the command that runs it included.
    struct Cost {
        double toldNanoseconds = 0; ///< by the load itself
        double vcpuNanoseconds = 0; ///< by the host: the processor worked, or waited for a core
        double cpuNanoseconds = 0; ///< the whole
        double partsNanoseconds = 0;
    };

    static void inside(const char* machine, const char* script)
    {
        const auto run = ctl({ "exec", "-u", "0", machine, "sh", "-c", script });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    }

    /// What the load says of itself; empty when it failed.
    static QJsonObject told(std::vector<std::string> words)
    {
        words.insert(words.begin(), { "exec", "-u", "0", "web", kLoad });
        return ctl(words).json().object();
    }

    Sample now() const { return readCostNow(m_target); }
    Sample laterBySeconds(int seconds) const
    {
        QTest::qWait(seconds * 1000);
        return now();
    }
    static double coresBetween(const Sample& before, const Sample& after)
    {
        return growth(before.cpuNanoseconds, after.cpuNanoseconds)
            / static_cast<double>(after.monotonicNanoseconds - before.monotonicNanoseconds);
    }

    /// MiB of the machine's memory that the host holds more.
    double grownSince(const Sample& before) const { return growth(before.slow.ram, now().slow.ram) / kMebibyte; }

    /// It takes nothing more for as long as this takes.
    bool hasGrown() const
    {
        const Sample before = now();
        QTest::qWait(700);
        return std::abs(grownSince(before)) < 0.1;
    }

    Cost costOf(const std::vector<std::string>& words) const
    {
        const Sample before = now();
        Cost cost;
        cost.toldNanoseconds = told(words)[u"cpuNanoseconds"].toDouble();
        const Sample after = now();
        const CpuParts& first = before.cpuParts;
        const CpuParts& last = after.cpuParts;
        cost.vcpuNanoseconds = growth(first.vcpus, last.vcpus) + growth(before.stalls.stolen, after.stalls.stolen);
        cost.cpuNanoseconds = growth(before.cpuNanoseconds, after.cpuNanoseconds);
        cost.partsNanoseconds = growth(first.vcpus, last.vcpus) + growth(first.ioThreads, last.ioThreads)
            + growth(first.vhost, last.vhost) + growth(first.emulator, last.emulator)
            + growth(first.helpers, last.helpers);
        return cost;
    }

    pid_t qemu(const char* machine) const
    {
        const auto file = QStringLiteral("run/libvirt/qemu/run/%1.pid").arg(QLatin1String(machine));
        const auto pid = readFile(m_world.path(file).toStdString());
        return pid ? static_cast<pid_t>(std::stol(*pid)) : -1;
    }

    /// PSS of QEMU (proc(5): smaps_rollup); -1 where it cannot be read.
    std::int64_t hostMebibytes(const char* machine) const
    {
        const auto text = readFile("/proc/" + std::to_string(qemu(machine)) + "/smaps_rollup");
        const auto at = text ? text->find("\nPss:") : std::string::npos;
        return at == std::string::npos ? -1 : std::stol(text->substr(at + 5)) / 1024;
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    MetricTarget m_target;
};

QTEST_GUILESS_MAIN(VmMemoryTest)
#include "vm_memory_test.moc"
