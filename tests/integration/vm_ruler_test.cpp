// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/images/image_store.h"
#include "core/metrics/host_cost_source.h"
#include "core/vms/disks/vm_folder.h"
#include "core/vms/guest/guest_channel.h"
#include "core/vms/vm_provider.h"
#include "tests/support/ctl.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QJsonObject>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>

#include <sched.h>

#include <cmath>
#include <ctime>
#include <future>

using namespace twinhull;
using test::ctl;

namespace {

constexpr double kMebibyte = 1 << 20;
constexpr double kSecond = 1e9;
constexpr const char* kLoad = "/tmp/load"; // in the guest

/// Three of the loads at once, in a cgroup of theirs, between two looks at what the guest's kernel counts: seconds
/// since its boot, of these idle, µs of CPU of the cgroup, processes that were ever made, sectors written to disks.
constexpr const char* kScript = R"sh(
c=/sys/fs/cgroup/loads; mkdir -p $c; echo 0 > $c/cgroup.procs
look() {
    read up rest < /proc/uptime; read key usage < $c/cpu.stat
    while read key value nice system idle waiting rest; do
        case $key in cpu) still=$((idle + waiting));; processes) made=$value;; esac
    done < /proc/stat
    sectors=0
    while read major minor name r m s t w m2 written rest; do
        case $name in vd*) sectors=$((sectors + written));; esac
    done < /proc/diskstats
    printf '{"load":"%s","up":%s,"still":%s,"usage":%s,"made":%s,"sectors":%s}\n' $1 $up $still $usage $made $sectors
}
look first
/tmp/load burn --seconds $1 > /tmp/burn & /tmp/load write --seconds $1 --folder / > /tmp/write &
/tmp/load fork --amount $2 > /tmp/fork & wait
look last
cat /tmp/burn /tmp/write /tmp/fork
)sh";

constexpr double kTicksAtMost = 0.08; ///< of what is sampled 250 times a second
constexpr double kRestingAtMost = 0.08; ///< of the virtual processor's time; measured: 0.02 to 0.04

double growth(const Reading<std::uint64_t>& before, const Reading<std::uint64_t>& after)
{
    return static_cast<double>(after.value_or(0)) - static_cast<double>(before.value_or(0));
}

QString said(double reading, double truth)
{
    return QStringLiteral("%1 for %2: %3 %").arg(reading).arg(truth).arg(100 * (reading / truth - 1));
}

bool isWithin(double share, double reading, double truth)
{
    return truth > 0 && std::abs(reading - truth) <= share * truth;
}

} // namespace

/// The ruler on a VM, against four loads at once that know what they cost: a quarter of its processor, 64 MiB touched,
/// 10 MiB/s written past the cache for half a minute, and 1,000 children. What is judged although the VM may be
/// emulated, one long sample each:
/// - memory and bytes, which emulation does not change: inside, by the host's files and by QEMU;
/// - the loads' own count of their CPU time, against their kernel's;
/// - the host's count of the virtual processor, with its wait for a core, which a guest cannot tell from work: against
///   the time in which the guest's kernel was not idle. Not against the loads, for that time holds the interrupts as
///   well, which are dear where they are emulated; and what QEMU does to put the processor to rest and to wake it, ten
///   thousand times here, is in the host's count alone;
/// - the guest's word on its CPU time: against the loads, and less strictly, for its kernel samples that by its ticks;
/// - the parts of QEMU's CPU time against the whole, and that against the kernel's clock of the process.
class VmRulerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto ready = test::prepareGuests({ { "images", "starter" },
            { "create", "--vm", "--memory", "256M", "--label", "org.twinhull.cache=keep", "--name", "web", "starter" },
            { "start", "web" }, { "cp", TH_BIN_DIR "/twinhull-load", std::string("web:") + kLoad } });
        QVERIFY2(ready, ready ? "" : ready.error().message.c_str());
        m_provider = std::make_unique<VmProvider>(m_world.folders(), m_images, VmOptions{});
        QSignalSpy settled(m_provider.get(), &VmProvider::settled);
        QVERIFY(m_provider->isSettled() || settled.wait(60'000));
        const auto machines = m_provider->workloads();
        QCOMPARE(machines.size(), std::size_t{ 1 });
        m_target.id = machines.front().id;
        m_target.footprint = machines.front().footprint;
        QVERIFY(qemu() > 0);
    }
    void cleanupTestCase()
    {
        m_provider.reset();
        const auto removed = ctl({ "remove", "web" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
    }

    void readsFourLoadsAtOnceAsTheyCount()
    {
        m_isFirst = goesBeforeOthers();
        // the first block takes what the guest had used before and was free again: the host held that already
        const auto first = begin({ "sh", "-c", "echo $$ > /tmp/first; exec /tmp/load touch --seconds 600" });
        const auto end = qScopeGuard([] { (void)begin({ "sh", "-c", "kill $(cat /tmp/first)" }).get(); });
        const Sample fresh = now();
        QTRY_VERIFY_WITH_TIMEOUT(grownSince(fresh) > 48, 60'000);
        QTRY_VERIFY(hasGrown());
        QTRY_VERIFY_WITH_TIMEOUT(countedByQemu().has_value(), 20'000);
        const double qemuBefore = static_cast<double>(*countedByQemu());

        const Cost brief = costOf("1", "20", Touching::No);
        const Cost whole = costOf("30", "1000", Touching::Yes);
        verifyMemory();
        verifyWritten(whole, qemuBefore);
        verifyCpu(brief, whole);
    }

private:
    enum class Touching { No, Yes };
    using Ran = std::future<test::CtlOutput>;

    /// Of the loads, and of the command that runs them.
    struct Cost {
        double hostVcpu = 0; ///< by the host: the processor worked, or waited for a core
        double hostWhole = 0;
        double hostParts = 0;
        double processClock = 0; ///< of QEMU, by the kernel
        double guestView = 0; ///< by guest-init
        double guestBusy = 0; ///< by the guest's kernel: not idle
        double cgroup = 0; ///< by the guest's kernel, of the loads
        double told = 0; ///< by the loads themselves; all of these are nanoseconds
        double touchTold = 0; ///< by the fourth
        double made = 0; ///< processes, by the guest's kernel
        double hostWritten = 0; ///< bytes, as the next two
        double guestWritten = 0;
        double toldWritten = 0;
        double burnShare = 0; ///< of the processor, by the guest's clocks
    };

    static Ran begin(std::vector<std::string> words)
    {
        words.insert(words.begin(), { "exec", "-u", "0", "web" });
        return std::async(std::launch::async, [words = std::move(words)] { return ctl(words); });
    }

    Sample now() const { return readCostNow(m_target); }
    pid_t qemu() const { return m_target.footprint.rootPids.empty() ? -1 : m_target.footprint.rootPids.front(); }

    /// A guest whose processor waits for a core loses ticks, which is what it counts its CPU time by: all threads of
    /// QEMU go before whatever else this computer does.
    bool goesBeforeOthers() const
    {
        const sched_param lowest{ ::sched_get_priority_min(SCHED_RR) };
        const auto threads
            = QDir(QStringLiteral("/proc/%1/task").arg(qemu())).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        return !threads.isEmpty() && std::all_of(threads.begin(), threads.end(), [&](const QString& thread) {
            return ::sched_setscheduler(thread.toInt(), SCHED_RR, &lowest) == 0;
        });
    }

    /// clock_getcpuclockid(3)
    double processClock() const
    {
        clockid_t clock{};
        timespec time{};
        if (::clock_getcpuclockid(qemu(), &clock) != 0 || ::clock_gettime(clock, &time) != 0)
            return 0;
        return static_cast<double>(time.tv_sec) * kSecond + static_cast<double>(time.tv_nsec);
    }

    GuestReading guestNow() const
    {
        const auto answer = askGuest(VmFolder(m_world.folders(), m_target.id.key).agentSocketPath(), GuestAsk::Figures,
            std::chrono::seconds(30));
        return answer && answer->reply.reading ? *answer->reply.reading : GuestReading();
    }
    double guestUsedMebibytes() const
    {
        const GuestReading reading = guestNow();
        return (static_cast<double>(reading.memoryTotalBytes.value_or(0))
                   - static_cast<double>(reading.memoryAvailableBytes.value_or(0)))
            / kMebibyte;
    }

    /// Bytes written as QEMU counts them, by libvirt; the latest that was told, some seconds old.
    std::optional<std::uint64_t> countedByQemu()
    {
        std::vector<Sample> samples(1);
        const std::vector targets{ MetricTarget{ m_target.id, {} } }; // as of another user: nothing in /proc
        m_provider->figuresSource()->read(targets, samples);
        if (samples.front().diskWrittenBytes)
            m_countedByQemu = *samples.front().diskWrittenBytes; // a reading is handed out once
        return m_countedByQemu;
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

    Cost costOf(const char* seconds, const char* children, Touching touching)
    {
        const GuestReading guestBefore = guestNow();
        const double clockBefore = processClock();
        const Sample before = now();
        auto loads = begin({ "sh", "-c", kScript, "sh", seconds, children });
        Cost cost;
        if (touching == Touching::Yes)
            cost.touchTold = touchBeside(before);
        const auto run = loads.get();
        const Sample after = now();
        cost.processClock = processClock() - clockBefore;
        cost.guestView = static_cast<double>(guestNow().cpuNanoseconds.value_or(0))
            - static_cast<double>(guestBefore.cpuNanoseconds.value_or(0));
        addHost(before, after, cost);
        addTold(run.out, cost);
        if (run.exitCode != 0 || cost.toldWritten <= 0)
            QTest::qFail(qPrintable(run.text()), __FILE__, __LINE__);
        return cost;
    }

    /// While the others work: what the guest and the host hold more for it. What the load says that it cost.
    double touchBeside(const Sample& begun)
    {
        const auto haveBegun = [&] { return growth(begun.diskWrittenBytes, now().diskWrittenBytes) > 2 * kMebibyte; };
        if (!QTest::qWaitFor(haveBegun, 30'000))
            QTest::qFail("nothing is written", __FILE__, __LINE__);
        const double usedBefore = guestUsedMebibytes();
        const Sample before = now();
        auto load = begin({ kLoad, "touch", "--seconds", "15" });
        (void)QTest::qWaitFor([&] { return grownSince(before) > 63; }, 60'000); // else the figure tells
        (void)QTest::qWaitFor([this] { return hasGrown(); }, 5'000);
        m_hostGrown = grownSince(before);
        m_guestGrown = guestUsedMebibytes() - usedBefore;
        return load.get().json().object()[u"lifeCpuNanoseconds"].toDouble();
    }

    static void addHost(const Sample& before, const Sample& after, Cost& cost)
    {
        const CpuParts& first = before.cpuParts;
        const CpuParts& last = after.cpuParts;
        cost.hostVcpu = growth(first.vcpus, last.vcpus) + growth(before.stalls.stolen, after.stalls.stolen);
        cost.hostWhole = growth(before.cpuNanoseconds, after.cpuNanoseconds);
        cost.hostParts = growth(first.vcpus, last.vcpus) + growth(first.ioThreads, last.ioThreads)
            + growth(first.vhost, last.vhost) + growth(first.emulator, last.emulator)
            + growth(first.helpers, last.helpers);
        cost.hostWritten = growth(before.diskWrittenBytes, after.diskWrittenBytes);
    }

    /// Of what the script printed.
    static void addTold(const QByteArray& lines, Cost& cost)
    {
        constexpr double kSectorBytes = 512; // Documentation/admin-guide/iostats.rst
        for (const QByteArray& line : lines.split('\n')) {
            const QJsonObject told = QJsonDocument::fromJson(line).object();
            const QString load = told[u"load"].toString();
            if (load == u"first" || load == u"last") {
                const double sign = load == u"last" ? 1 : -1;
                cost.guestBusy += sign * (told[u"up"].toDouble() - told[u"still"].toDouble() / 100) * kSecond;
                cost.cgroup += sign * told[u"usage"].toDouble() * 1000;
                cost.made += sign * told[u"made"].toDouble();
                cost.guestWritten += sign * told[u"sectors"].toDouble() * kSectorBytes;
                continue;
            }
            cost.told += told[u"lifeCpuNanoseconds"].toDouble();
            if (load == u"write")
                cost.toldWritten = told[u"amount"].toDouble();
            if (load == u"burn")
                cost.burnShare = told[u"cpuNanoseconds"].toDouble() / told[u"wallNanoseconds"].toDouble();
        }
    }

    void verifyMemory() const
    {
        QVERIFY2(std::abs(m_hostGrown - 64) <= 1, qPrintable(said(m_hostGrown, 64)));
        QVERIFY2(std::abs(m_guestGrown - 64) <= 1, qPrintable(said(m_guestGrown, 64)));
    }

    void verifyWritten(const Cost& whole, double qemuBefore)
    {
        QVERIFY2(isWithin(0.03, whole.hostWritten, whole.toldWritten),
            qPrintable(said(whole.hostWritten, whole.toldWritten)));
        QVERIFY2(isWithin(0.03, whole.guestWritten, whole.toldWritten),
            qPrintable(said(whole.guestWritten, whole.toldWritten)));
        const auto grown = [&] { return static_cast<double>(countedByQemu().value_or(0)) - qemuBefore; };
        const double truth = whole.toldWritten + 10 * kMebibyte; // of the brief run as well
        (void)QTest::qWaitFor([&] { return grown() >= 0.97 * truth; }, 20'000); // else the figure tells
        QVERIFY2(isWithin(0.03, grown(), truth), qPrintable(said(grown(), truth)));
    }

    /// What the command costs by itself falls out of the difference.
    void verifyCpu(const Cost& brief, const Cost& whole) const
    {
        QVERIFY2(isWithin(0.03, whole.made - brief.made, 980), qPrintable(said(whole.made - brief.made, 980)));
        QVERIFY2(isWithin(0.01, whole.hostParts, whole.hostWhole), qPrintable(said(whole.hostParts, whole.hostWhole)));
        QVERIFY2(
            isWithin(0.01, whole.hostWhole, whole.processClock), qPrintable(said(whole.hostWhole, whole.processClock)));
        if (!m_isFirst)
            QSKIP("needs the right to let QEMU run before other programs: a guest that is kept waiting loses ticks");
        QVERIFY2(isWithin(0.03, whole.burnShare, 0.25), qPrintable(said(whole.burnShare, 0.25)));
        QVERIFY2(isWithin(0.03, whole.told, whole.cgroup), qPrintable(said(whole.told, whole.cgroup)));
        const double busy = whole.guestBusy - brief.guestBusy;
        const double vcpu = whole.hostVcpu - brief.hostVcpu;
        QVERIFY2(vcpu >= 0.97 * busy && vcpu <= (1 + kRestingAtMost) * busy, qPrintable(said(vcpu, busy)));
        const double told = whole.told + whole.touchTold - brief.told;
        const double view = whole.guestView - brief.guestView;
        QVERIFY2(isWithin(kTicksAtMost, view, told), qPrintable(said(view, told)));
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    ImageStore m_images{ m_world.folders() };
    std::unique_ptr<VmProvider> m_provider;
    MetricTarget m_target;
    bool m_isFirst = false; ///< QEMU goes before other programs
    std::optional<std::uint64_t> m_countedByQemu;
    double m_hostGrown = 0; ///< MiB, by the fourth load
    double m_guestGrown = 0;
};

QTEST_GUILESS_MAIN(VmRulerTest)
#include "vm_ruler_test.moc"
