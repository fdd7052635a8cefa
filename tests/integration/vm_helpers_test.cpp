// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/metrics/host_cost_source.h"
#include "tests/support/container_world.h"
#include "tests/support/temporary_world.h"

#include <QStandardPaths>
#include <QTcpSocket>
#include <QTest>

#include <sys/wait.h>

#include <cmath>
#include <csignal>

using namespace twinhull;

namespace {

/// Killed and reaped at its end.
class Program {
public:
    explicit Program(std::vector<std::string> words)
    {
        const auto child = spawn({ std::move(words), {}, {} }, {});
        m_pid = child ? child->pid : -1;
    }
    ~Program()
    {
        if (m_pid > 0 && ::kill(m_pid, SIGTERM) == 0)
            (void)::waitpid(m_pid, nullptr, 0);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = -1;
};

bool isNear(double part, double whole)
{
    return std::abs(part - whole) <= 0.01 * whole;
}

} // namespace

/// A real QEMU (emulated, nothing but firmware) with a real virtiofsd and a real passt beside it: libvirt 9.0 starts
/// neither in a session, so the test does.
class VmHelpersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("virtiofsd needs root for its sandbox");
        if (!exists(kVirtiofsd) || QStandardPaths::findExecutable(QStringLiteral("passt")).isEmpty()
            || QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64")).isEmpty())
            QSKIP("virtiofsd, passt or QEMU is not installed");
        const std::string files = m_world.path().toStdString() + "/fs";
        const std::string network = m_world.path().toStdString() + "/net";
        m_virtiofsd = std::make_unique<Program>(std::vector<std::string>{
            kVirtiofsd, "--socket-path=" + files, "-o", "source=" + m_world.path().toStdString() });
        m_passt = std::make_unique<Program>(std::vector<std::string>{
            "passt", "-f", "-e", "--runas", "0", "-s", network, "-t", "127.0.0.1/" + std::to_string(m_port) + ":80" });
        const bool areThere
            = QTest::qWaitFor([&] { return exists(files) && exists(network); }, test::kTestPatienceMilliseconds);
        if (!areThere && exists(files))
            QSKIP("passt needs an interface with an address and a route");
        QVERIFY(areThere);
        m_qemu = std::make_unique<Program>(std::vector<std::string>{ "qemu-system-x86_64", "-accel", "tcg", "-machine",
            "q35,memory-backend=mem", "-m", "128", "-object", "memory-backend-memfd,id=mem,size=128M,share=on", "-name",
            "x,debug-threads=on", "-nodefaults", "-no-user-config", "-display", "none", "-chardev",
            "socket,id=fs,path=" + files, "-device", "vhost-user-fs-pci,chardev=fs,tag=x", "-netdev",
            "stream,id=n,server=off,addr.type=unix,addr.path=" + network, "-device",
            "virtio-net-pci,netdev=n,romfile=" });
        m_target.id = { WorkloadKind::Vm, QStringLiteral("x") };
        m_target.footprint.rootPids = { m_qemu->pid() };
        m_target.footprint.helperPids = { m_virtiofsd->pid(), m_passt->pid() };
        QTRY_VERIFY_WITH_TIMEOUT(readCostNow(m_target).cpuParts.vcpus.value_or(0) > 100'000'000, 30'000);
    }

    void addsUpToTheWhole()
    {
        const Sample sample = readCostNow(m_target);
        const CpuParts& parts = sample.cpuParts;
        const auto sum = static_cast<double>(
            *parts.vcpus + *parts.ioThreads + parts.vhost.value_or(0) + *parts.emulator + *parts.helpers);
        const auto helpers = static_cast<double>(*parts.networkHelpers + *parts.fileSystemHelpers);
        QVERIFY(*parts.networkHelpers > 0 && *parts.fileSystemHelpers > 0);
        QVERIFY(isNear(sum, static_cast<double>(*sample.cpuNanoseconds)));
        QVERIFY2(isNear(helpers, static_cast<double>(*parts.helpers)), qPrintable(QString::number(helpers)));
        QCOMPARE(parts.monitor.needs(), Needs::Monitor);
        const SlowFigures& memory = sample.slow;
        QVERIFY(*memory.ram > 0 && *memory.qemuOwn > 0 && *memory.helpers > 0);
        QCOMPARE(*memory.ram + *memory.qemuOwn + *memory.helpers, *memory.pss);
    }

    void countsTheChildThatServes()
    {
        const Sample whole = readCostNow(m_target);
        m_target.footprint.helperPids = { m_passt->pid() };
        const Sample without = readCostNow(m_target);
        m_target.footprint.helperPids = { m_virtiofsd->pid(), m_passt->pid() };
        QCOMPARE(without.cpuParts.fileSystemHelpers.needs(), Needs::FileSystemHelper);
        QVERIFY(*whole.slow.helpers > *without.slow.helpers); // QEMU may have grown meanwhile
    }

    /// passt holds this computer's end before the guest has answered.
    void tellsTheRoundTripOfItsConnections()
    {
        QCOMPARE(readCostNow(m_target).slow.roundTripNanoseconds.needs(), Needs::TcpConnections);
        QTcpSocket client;
        client.connectToHost(QStringLiteral("127.0.0.1"), m_port);
        QVERIFY(client.waitForConnected(test::kTestPatienceMilliseconds));
        Reading<std::uint64_t> told;
        const auto isTold = [&] { return (told = readCostNow(m_target).slow.roundTripNanoseconds).has_value(); };
        QTRY_VERIFY(isTold());
        QVERIFY2(*told > 0 && *told < 1'000'000'000, qPrintable(QString::number(*told)));
    }

private:
    static constexpr const char* kVirtiofsd = "/usr/lib/qemu/virtiofsd";

    test::TemporaryWorld m_world;
    const std::uint16_t m_port = test::freePort();
    std::unique_ptr<Program> m_virtiofsd; // its end and passt's come with QEMU's
    std::unique_ptr<Program> m_passt;
    std::unique_ptr<Program> m_qemu;
    MetricTarget m_target;
};

QTEST_GUILESS_MAIN(VmHelpersTest)
#include "vm_helpers_test.moc"
