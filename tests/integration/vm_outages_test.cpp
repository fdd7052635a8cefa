// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_store.h"
#include "core/vms/link/libvirt_guard.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/vms/vm_provider.h"
#include "core/workload/workload_registry.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/other_libvirt.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <csignal>

#include <unistd.h>

using namespace twinhull;

namespace {

using State = WorkloadState;

constexpr auto kMachine
    = "<domain type='qemu'><name>%1</name><memory unit='MiB'>32</memory><currentMemory unit='MiB'>32</currentMemory>"
      "<vcpu>1</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os><devices><video><model type='vga'/></video>"
      "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%2'/>"
      "<target dev='vda' bus='virtio'/></disk></devices></domain>";

constexpr int kLongestWait = 60'000;

/// The machine, the volume or the pool that it is tried on is named as it is.
struct Operation {
    enum class From { Off, Running, Paused, Saved, Snapshot, Volume, RunningPool, StoppedPool };
    using Begin = std::unique_ptr<Job> (*)(VmProvider& lab, const WorkloadInfo& machine, const QString& word);

    const char* name;
    From from;
    std::vector<State> ends; ///< what the machine may be afterwards
    Begin begin; ///< a word of its own for what is made
};

bool isOfMachine(Operation::From from)
{
    using From = Operation::From;
    return from != From::Volume && from != From::RunningPool && from != From::StoppedPool;
}

HardwareEdit edit(HardwareEdit::Verb verb, const char* device, const QMap<QString, QString>& values = {})
{
    return { verb, QLatin1String(device), values };
}

VolumeName volume(const QString& name)
{
    return { QStringLiteral("v"), name };
}

template <HardwareEdit::Verb kVerb>
std::unique_ptr<Job> changing(VmProvider& lab, const WorkloadInfo& vm, const char* device, const char* value = nullptr)
{
    const QMap<QString, QString> values = value == nullptr
        ? QMap<QString, QString>()
        : QMap<QString, QString>{ { QStringLiteral("max-cpus"), QLatin1String(value) } };
    return lab.hardware().edit(vm, edit(kVerb, device, values), std::make_shared<HardwareOutcome>());
}

std::vector<Operation> allOperations()
{
    using From = Operation::From;
    using Lab = VmProvider;
    using Vm = WorkloadInfo;
    const std::vector<State> anyEnd{ State::Stopped, State::Running, State::Failed };
    const std::vector<State> off{ State::Stopped };
    const std::vector<State> on{ State::Running };
    const std::vector<State> still{ State::Running, State::Paused };
    return {
        { "start", From::Off, anyEnd, [](Lab& lab, const Vm& vm, const QString&) { return lab.start(vm.id); } },
        { "force-off", From::Running, anyEnd,
            [](Lab& lab, const Vm& vm, const QString&) { return lab.stop(vm.id, StopMode::Force); } },
        { "pause", From::Running, still, [](Lab& lab, const Vm& vm, const QString&) { return lab.pause(vm.id); } },
        { "resume", From::Paused, still, [](Lab& lab, const Vm& vm, const QString&) { return lab.resume(vm.id); } },
        { "reset", From::Running, on, [](Lab& lab, const Vm& vm, const QString&) { return lab.power().reset(vm.id); } },
        { "save", From::Running, { State::Running, State::Paused, State::Stopped },
            [](Lab& lab, const Vm& vm, const QString&) { return lab.power().save(vm.id); } },
        { "restore", From::Saved, anyEnd, [](Lab& lab, const Vm& vm, const QString&) { return lab.start(vm.id); } },

        { "snapshot-create", From::Off, off,
            [](Lab& lab, const Vm& vm, const QString& word) {
                return lab.snapshots().create(vm, { word, {}, {}, {} }, std::make_shared<QString>());
            } },
        { "snapshot-revert", From::Snapshot, off,
            [](Lab& lab, const Vm& vm, const QString&) { return lab.snapshots().revert(vm, QStringLiteral("s")); } },
        { "snapshot-delete", From::Snapshot, off,
            [](Lab& lab, const Vm& vm, const QString&) { return lab.snapshots().remove(vm, QStringLiteral("s")); } },
        { "autostart", From::Off, off,
            [](Lab& lab, const Vm& vm, const QString&) { return lab.power().setAutostart(vm.id, true); } },
        { "set", From::Running, on,
            [](Lab& lab, const Vm& vm, const QString&) {
                return changing<HardwareEdit::Verb::Set>(lab, vm, "processor", "2");
            } },
        { "attach", From::Running, on,
            [](Lab& lab, const Vm& vm, const QString&) { return changing<HardwareEdit::Verb::Add>(lab, vm, "nic"); } },
        { "detach", From::Off, off,
            [](Lab& lab, const Vm& vm, const QString&) {
                return changing<HardwareEdit::Verb::Remove>(lab, vm, "vda");
            } },

        { "clone", From::Off, off,
            [](Lab& lab, const Vm& vm, const QString& word) {
                return lab.copies().clone(vm, { word, CloneRequest::Disks::Full });
            } },
        { "rename", From::Off, off,
            [](Lab& lab, const Vm& vm, const QString& word) { return lab.copies().rename(vm, word); } },
        { "screenshot", From::Running, on,
            [](Lab& lab, const Vm& vm, const QString&) {
                return lab.copies().screenshot(vm, std::make_shared<QByteArray>());
            } },
        { "hardware", From::Running, on,
            [](Lab& lab, const Vm& vm, const QString&) {
                return lab.hardware().read(vm, std::make_shared<HardwareDescription>());
            } },
        { "remove", From::Off, off, [](Lab& lab, const Vm& vm, const QString&) { return lab.remove(vm.id); } },
        { "volume-create", From::Volume, {},
            [](Lab& lab, const Vm&, const QString& word) {
                return lab.storage().createVolume({ volume(word), 1U << 20U, {}, {} });
            } },
        { "volume-resize", From::Volume, {},
            [](Lab& lab, const Vm&, const QString&) {
                return lab.storage().resizeVolume(
                    volume(QStringLiteral("volume-resize")), 4U << 20U, ShrinkRule::Refuse);
            } },

        { "volume-delete", From::Volume, {},
            [](Lab& lab, const Vm&, const QString&) {
                return lab.storage().deleteVolume(volume(QStringLiteral("volume-delete")), VolumeUse::Refuse);
            } },
        { "volume-copy", From::Volume, {},
            [](Lab& lab, const Vm&, const QString& word) {
                return lab.storage().cloneVolume(volume(QStringLiteral("volume-copy")), volume(word), {});
            } },
        { "pool-stop", From::RunningPool, {},
            [](Lab& lab, const Vm&, const QString&) {
                return lab.storage().changePool(QStringLiteral("pool-stop"), PoolChange::Stop);
            } },
        { "pool-start", From::StoppedPool, {},
            [](Lab& lab, const Vm&, const QString&) {
                return lab.storage().changePool(QStringLiteral("pool-start"), PoolChange::Start);
            } },
    };
}

} // namespace

/// What is begun on a libvirtd that is stopped or killed, and on a QEMU that is stopped: every job ends with a sentence
/// or can be cancelled, every machine is what it was or what it should be, nobody else waits, and what failed works
/// once libvirtd is back. No more at once than libvirt is called by; the thread of the window calls it never.
class VmOutagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root");
        QCOMPARE(m_other.start(), QString());
        m_home = std::make_unique<VmProvider>(m_world.folders(), m_images);
        VmOptions options;
        options.uri = m_other.uri();
        options.connection = QStringLiteral("lab");
        m_lab = std::make_unique<VmProvider>(m_world.folders(), m_images, options);
        QTRY_VERIFY_WITH_TIMEOUT(m_home->isSettled() && m_lab->isSettled(), kLongestWait);
        QVERIFY(m_home->availability() && m_lab->availability());
        m_registry.add(m_home.get());
        m_registry.add(m_lab.get());
        forbidLibvirtOnThisThread();
        QVERIFY(writeFileAtomically(m_world.path(QStringLiteral("up.raw")).toStdString(), std::string(1 << 20, 'x')));
        define(*m_home, "near");
        QVERIFY(succeeds(m_home->start(info("near").id)));
        for (const char* name : { "v", "pool-stop", "pool-start" }) {
            PoolWish pool{ QLatin1String(name), QStringLiteral("dir"), {} };
            pool.fields.insert(QStringLiteral("target"), m_world.path(QStringLiteral("pools/") + QLatin1String(name)));
            QVERIFY(succeeds(m_lab->storage().createPool(pool)));
        }
        connect(&m_pulse, &QTimer::timeout, this, [this] { m_longestGap = std::max(m_longestGap, m_gap.restart()); });
    }

    /// In the middle of all of them: some are at work, the others wait for a thread.
    void aLibvirtThatStopsIsNamedAndCanBeLeft()
    {
        const std::vector<std::size_t> some{ 1, 2, 4, 11, 16, 17 };
        for (const std::size_t i : some)
            bring(m_operations[i]);
        m_other.signal(SIGSTOP);
        beginToWatch();
        std::vector<std::unique_ptr<Job>> jobs;
        for (int turn = 0; turn < 2; ++turn) {
            for (const std::size_t i : some)
                jobs.push_back(begin(m_operations[i]));
        }
        jobs.push_back(
            m_lab->storage().uploadVolume(volume(QStringLiteral("u")), m_world.path(QStringLiteral("up.raw"))));
        jobs.back()->start();
        othersGoOn();
        QTRY_VERIFY_WITH_TIMEOUT(!m_lab->availability(), kLongestWait);
        for (const auto& job : jobs)
            job->cancel();
        for (const auto& job : jobs) {
            QTRY_VERIFY2_WITH_TIMEOUT(job->isFinished(), qPrintable(job->title()), 20'000);
            QCOMPARE(job->state(), Job::State::Cancelled);
        }
        const auto refused = m_lab->power().reset(info("reset").id); // its threads are made up for
        QElapsedTimer time;
        time.start();
        const auto told = test::runJob(*refused);
        QVERIFY2(
            !told && told.error().code == ErrorCode::Timeout && time.elapsed() < 10'000, told.error().toLine().c_str());
        QVERIFY(!told.error().hint.empty());
        othersGoOn();
        endsTheWatch();
        m_other.signal(SIGCONT);
        QTRY_VERIFY_WITH_TIMEOUT(m_lab->availability(), kLongestWait);
        for (const std::size_t i : some)
            QVERIFY2(QTest::qWaitFor([&] { return isValid(m_operations[i]); }, 20'000), m_operations[i].name);
    }

    void everyOperationSurvivesAKilledLibvirt_data()
    {
        QTest::addColumn<std::size_t>("first");
        for (std::size_t first = 0; first < m_operations.size(); first += kAtOnce)
            QTest::addRow("from %s", m_operations[first].name) << first;
    }

    void everyOperationSurvivesAKilledLibvirt()
    {
        QFETCH(std::size_t, first);
        const auto last = std::min(first + kAtOnce, m_operations.size());
        for (std::size_t i = first; i < last; ++i)
            bring(m_operations[i]);
        beginToWatch();
        std::vector<std::unique_ptr<Job>> jobs;
        for (std::size_t i = first; i < last; ++i)
            jobs.push_back(begin(m_operations[i]));
        const auto isDone = [](const std::unique_ptr<Job>& job) { return job->isFinished(); };
        QTRY_VERIFY_WITH_TIMEOUT(std::any_of(jobs.begin(), jobs.end(), isDone), kLongestWait); // then others are not
        m_other.kill();
        for (std::size_t i = first; i < last; ++i) {
            const Job& job = *jobs[i - first];
            QTRY_VERIFY2_WITH_TIMEOUT(job.isFinished(), qPrintable(job.title()), kLongestWait);
            tellsWhy(job, m_operations[i].name);
        }
        QTRY_VERIFY_WITH_TIMEOUT(!m_lab->availability(), kLongestWait);
        othersGoOn();
        endsTheWatch();
        QCOMPARE(m_other.start(), QString());
        QTRY_VERIFY_WITH_TIMEOUT(m_lab->availability(), kLongestWait);
        for (std::size_t i = first; i < last; ++i)
            QVERIFY2(QTest::qWaitFor([&] { return isValid(m_operations[i]); }, 20'000), m_operations[i].name);
        for (std::size_t i = first; i < last; ++i)
            bring(m_operations[i]);
        std::vector<std::unique_ptr<Job>> again;
        for (std::size_t i = first; i < last; ++i)
            again.push_back(begin(m_operations[i]));
        for (const auto& job : again) {
            QTRY_VERIFY2_WITH_TIMEOUT(job->isFinished(), qPrintable(job->title()), kLongestWait);
            QVERIFY2(job->result(),
                qPrintable(job->title()
                    + QString::fromStdString(job->result() ? std::string() : job->result().error().toLine())));
        }
    }

    void aQemuThatHangsHoldsUpNoOther()
    {
        bring({ "hangs", From::Running, {}, nullptr });
        bring({ "pause", From::Running, {}, nullptr });
        const WorkloadInfo hanging = info("hangs");
        QCOMPARE(hanging.footprint.rootPids.size(), std::size_t{ 1 });
        ::kill(hanging.footprint.rootPids.front(), SIGSTOP);
        beginToWatch();
        std::vector<std::unique_ptr<Job>> jobs;
        jobs.push_back(m_lab->pause(hanging.id));
        jobs.push_back(m_lab->copies().screenshot(hanging, std::make_shared<QByteArray>()));
        jobs.push_back(m_lab->guest().read(hanging, std::make_shared<GuestFacts>()));
        jobs.push_back(m_lab->power().save(hanging.id));
        jobs.push_back(m_lab->power().reset(hanging.id));
        jobs.push_back(
            m_lab->snapshots().create(hanging, { QStringLiteral("h"), {}, {}, {} }, std::make_shared<QString>()));
        jobs.push_back(changing<HardwareEdit::Verb::Add>(*m_lab, hanging, "nic"));
        for (const auto& job : jobs)
            job->start();
        QElapsedTimer time;
        time.start();
        QVERIFY(succeeds(m_lab->pause(info("pause").id)));
        QVERIFY(succeeds(m_lab->resume(info("pause").id)));
        QVERIFY2(time.elapsed() < 15'000, qPrintable(QString::number(time.elapsed())));
        for (const auto& job : jobs)
            job->cancel();
        for (const auto& job : jobs) {
            QTRY_VERIFY2_WITH_TIMEOUT(job->isFinished(), qPrintable(job->title()), 40'000);
            if (!job->result())
                qInfo("%s: %s", qPrintable(job->title()), job->result().error().toLine().c_str());
        }
        QVERIFY(!jobs[0]->result() && !jobs[1]->result());
        QVERIFY(m_lab->availability());
        QVERIFY(succeeds(m_lab->stop(hanging.id, StopMode::Force)));
        QCOMPARE(info("hangs").state, State::Stopped);
        endsTheWatch();
    }

private:
    static constexpr std::size_t kAtOnce = 7; // a thread fewer than a connection has

    using From = Operation::From;
    const std::vector<Operation> m_operations = allOperations();

    std::unique_ptr<Job> begin(const Operation& operation)
    {
        const QString word = QStringLiteral("%1-%2").arg(QLatin1String(operation.name)).arg(++m_round);
        auto job = operation.begin(*m_lab, info(operation.name), word);
        job->start();
        return job;
    }

    void define(VmProvider& provider, const char* name)
    {
        const QString disk = m_world.path(QLatin1String(name) + QStringLiteral(".qcow2"));
        if (!QFile::exists(disk))
            QVERIFY(runChecked(
                { { findExecutable("qemu-img"), "create", "-q", "-f", "qcow2", disk.toStdString(), "1M" }, {}, {} },
                std::chrono::seconds(30)));
        const QByteArray xml = QString::fromLatin1(kMachine).arg(QLatin1String(name), disk).toUtf8();
        QVERIFY(succeeds(provider.hardware().define(xml, {}, std::make_shared<HardwareOutcome>())));
    }

    /// What the operation is about as it finds it, by whatever a round before has left.
    void bring(const Operation& operation)
    {
        if (!isOfMachine(operation.from))
            return bringStorage(operation);
        if (QByteArray(operation.name) == "detach" && !m_registry.findByName(QLatin1String(operation.name)).empty())
            QVERIFY(succeeds(m_lab->remove(info(operation.name).id))); // it may have lost its disk
        if (m_registry.findByName(QLatin1String(operation.name)).empty())
            define(*m_lab, operation.name);
        const auto isIn = [&](State state) { return info(operation.name).state == state; };
        const WorkloadId id = info(operation.name).id;
        if (isIn(State::Paused))
            QVERIFY(succeeds(m_lab->resume(id)));
        const bool isOn = isIn(State::Running);
        const bool isWantedOn
            = operation.from == From::Running || operation.from == From::Paused || operation.from == From::Saved;
        if (!isWantedOn && isOn)
            QVERIFY(succeeds(m_lab->stop(id, StopMode::Force)));
        if (isWantedOn && !isOn)
            QVERIFY(succeeds(m_lab->start(id)));
        if (operation.from == From::Paused)
            QVERIFY(succeeds(m_lab->pause(id)));
        if (operation.from == From::Saved)
            QVERIFY(succeeds(m_lab->power().save(id)));
        if (operation.from == From::Snapshot && info(operation.name).snapshots.empty())
            QVERIFY(succeeds(m_lab->snapshots().create(
                info(operation.name), { QStringLiteral("s"), {}, {}, {} }, std::make_shared<QString>())));
    }

    void bringStorage(const Operation& operation)
    {
        const QString name = QLatin1String(operation.name);
        (void)test::runJob(*m_lab->storage().changePool(QStringLiteral("v"), PoolChange::Start)); // it may run
        if (operation.from == From::Volume) {
            (void)test::runJob(*m_lab->storage().deleteVolume(volume(name), VolumeUse::Refuse)); // it may be gone
            QVERIFY(succeeds(m_lab->storage().createVolume({ volume(name), 1U << 20U, {}, {} })));
        } else {
            const bool isStarted = operation.from == From::RunningPool;
            (void)test::runJob(
                *m_lab->storage().changePool(name, isStarted ? PoolChange::Start : PoolChange::Stop)); // it may be so
        }
    }

    /// It is there once; one that was removed or renamed may be gone.
    bool isValid(const Operation& operation) const
    {
        if (!isOfMachine(operation.from))
            return true; // tried again
        const auto found = m_registry.findByName(QLatin1String(operation.name));
        if (found.size() != 1)
            return found.empty() && (QByteArray(operation.name) == "remove" || QByteArray(operation.name) == "rename");
        return std::find(operation.ends.begin(), operation.ends.end(), found.front().state) != operation.ends.end();
    }

    void othersGoOn()
    {
        QElapsedTimer time;
        time.start();
        QVERIFY(succeeds(m_home->pause(info("near").id)));
        QVERIFY(succeeds(m_home->resume(info("near").id)));
        QVERIFY2(time.elapsed() < 15'000, qPrintable(QString::number(time.elapsed())));
    }

    /// It may have been done before.
    static void tellsWhy(const Job& job, const char* name)
    {
        const auto& result = job.result();
        if (result)
            return;
        qInfo("%s: %s (%s)", name, result.error().toLine().c_str(), result.error().hint.c_str());
        QVERIFY2(!result.error().message.empty() && !result.error().hint.empty(), name);
    }

    void beginToWatch()
    {
        m_gap.start();
        m_longestGap = 0;
        m_pulse.start(5);
    }

    void endsTheWatch()
    {
        m_pulse.stop(); // a call of a libvirt that hangs takes tens of seconds, and a busy computer some of a second
        QVERIFY2(m_longestGap < 5000, qPrintable(QString::number(m_longestGap)));
    }

    WorkloadInfo info(const char* name) const
    {
        const auto found = m_registry.findByName(QLatin1String(name));
        return found.empty() ? WorkloadInfo() : found.front();
    }

    static bool succeeds(const std::unique_ptr<Job>& job)
    {
        const auto result = test::runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    test::OtherLibvirt m_other{ m_world.path(QStringLiteral("b")) };
    ImageStore m_images{ m_world.folders() };
    WorkloadRegistry m_registry;
    std::unique_ptr<VmProvider> m_home;
    std::unique_ptr<VmProvider> m_lab;
    QTimer m_pulse;
    QElapsedTimer m_gap;
    qint64 m_longestGap = 0;
    int m_round = 0;
};

QTEST_GUILESS_MAIN(VmOutagesTest)

#include "vm_outages_test.moc"
