// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/metrics/host_cost_source.h"
#include "tests/support/container_world.h"

#include <QTest>

#include <cmath>
#include <csignal>

#include <arpa/inet.h>
#include <sys/socket.h>

using namespace twinhull;
using namespace twinhull::test;

/// Published ports, and what bad input leads to.
class ContainerNetworkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
    }

    void cleanup() { m_world.reset(); }

    void answersOnAPublishedPort()
    {
        const auto port = freePort();
        QVERIFY(succeeds(m_world->create(web(port))));
        QVERIFY(succeeds(m_world->start(kName)));
        QCOMPARE(m_world->info(kName).footprint.helperPids.size(), std::size_t{ 2 }); // monitor and network helper
        QVERIFY(httpGet(port, "/").contains("<html"));
        const auto work = httpGetOnce(port, "/cgi-bin/work");
        QVERIFY2(!work.isEmpty(), "the fixed unit of work said nothing");
        const auto helpers = m_world->info(kName).footprint.helperPids;
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Graceful)));
        QVERIFY(httpGetOnce(port, "/").isEmpty());
        for (const pid_t pid : helpers)
            QTRY_VERIFY(::kill(pid, 0) != 0 || isZombie(pid));
    }

    /// The helper holds this computer's end of what comes in on a published port.
    void splitsTheHelpersAndTellsTheRoundTrip()
    {
        const auto port = freePort();
        QVERIFY(succeeds(m_world->create(web(port))));
        QVERIFY(succeeds(m_world->start(kName)));
        const auto now = [this] { return readCostNow({ m_world->info(kName).id, m_world->info(kName).footprint }); };
        QVERIFY(!httpGet(port, "/").isEmpty());
        const CpuParts parts = now().cpuParts;
        QVERIFY(parts.networkHelpers && parts.monitor);
        QCOMPARE(parts.fileSystemHelpers.needs(), Needs::FileSystemHelper);
        if (!m_world->info(kName).footprint.cgroupPath.isEmpty()) {
            const auto whole = static_cast<double>(*parts.helpers);
            const auto sum = static_cast<double>(*parts.networkHelpers + *parts.monitor);
            QVERIFY2(std::abs(sum - whole) <= 0.01 * whole, qPrintable(QString::number(sum / whole)));
        }
        const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        QCOMPARE(::connect(client.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        QTRY_VERIFY(now().slow.roundTripNanoseconds);
        QVERIFY(*now().slow.roundTripNanoseconds < 1'000'000'000);
    }

    void namesAPortThatIsInUse()
    {
        const UniqueFd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        QCOMPARE(::bind(other.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(::listen(other.fd(), 1), 0);
        QCOMPARE(::getsockname(other.fd(), reinterpret_cast<sockaddr*>(&address), &length), 0);
        const auto port = ntohs(address.sin_port);
        QVERIFY(succeeds(m_world->create(web(port))));
        const auto started = m_world->start(kName);
        QVERIFY(!started);
        QCOMPARE(started.error().code, ErrorCode::Busy);
        QVERIFY2(started.error().message.find("port " + std::to_string(port)) != std::string::npos,
            started.error().message.c_str());
        QVERIFY(!started.error().hint.empty());
        QCOMPARE(m_world->info(kName).state, WorkloadState::Stopped);
        QVERIFY(!exists(m_world->folders().runtime + "/" + m_world->info(kName).id.key.toStdString()));
    }

    void tellsWhenTheCommandIsMissing()
    {
        QVERIFY(succeeds(m_world->create(ContainerWorld::plan(kName, {}))));
        QVERIFY(succeeds(m_world->remove(kName)));
        auto plan = ContainerWorld::script(kName, QStringLiteral("true"));
        plan.mounts = { Mount{ QStringLiteral("/etc/hostname"), QStringLiteral("/bin/starter"), true } };
        QVERIFY(succeeds(m_world->create(plan))); // the entrypoint is a text that is no program
        const auto started = m_world->start(kName);
        QVERIFY(!started);
        QVERIFY2(started.error().message.find("/bin/starter") != std::string::npos, started.error().message.c_str());
        QVERIFY(!exists(m_world->folders().runtime + "/" + m_world->info(kName).id.key.toStdString()));
    }

    void refusesANameInUse()
    {
        QVERIFY(succeeds(m_world->create(ContainerWorld::plan(kName))));
        const auto again = m_world->create(ContainerWorld::plan(kName));
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::AlreadyExists);
        QCOMPARE(m_world->provider().workloads().size(), std::size_t{ 1 });
    }

    void namesAnUnknownImage()
    {
        auto plan = ContainerWorld::plan(kName);
        plan.source = ImageSource{ QStringLiteral("no/such:image") };
        const auto created = m_world->create(plan);
        QVERIFY(!created);
        QCOMPARE(created.error().code, ErrorCode::NotFound);
        QVERIFY(created.error().message.find("no/such:image") != std::string::npos);
        QVERIFY(created.error().hint.find("twinhullctl images pull no/such:image") != std::string::npos);
    }

    void keepsAVolumeBeyondTheContainer()
    {
        auto plan = ContainerWorld::script(kName, QStringLiteral("cat /data/word 2>/dev/null; echo kept > /data/word"));
        plan.mounts = { Mount{ QStringLiteral("store"), QStringLiteral("/data"), false } };
        const auto volume = m_world->folders().volumes() + "/store";
        if (::geteuid() != 0)
            QSKIP("giving the volume to the image's user needs root");
        QVERIFY(makeFolders(volume));
        QCOMPARE(::chown(volume.c_str(), 1000, 1000), 0); // the image's user
        for (int round = 0; round < 2; ++round) {
            QVERIFY(succeeds(m_world->create(plan)));
            QVERIFY(succeeds(m_world->start(kName)));
            QTRY_VERIFY(m_world->info(kName).exitStatus);
            QCOMPARE(m_world->log(kName), QByteArray(round == 0 ? "" : "kept\n"));
            QVERIFY(succeeds(m_world->remove(kName)));
        }
    }

    void runsWithALimitOrNamesTheMissingController()
    {
        auto plan = ContainerWorld::script(kName, QStringLiteral("sleep 1000"));
        plan.limits.memoryBytes = 64U << 20U;
        QVERIFY(succeeds(m_world->create(plan)));
        const auto started = m_world->start(kName);
        if (started)
            QVERIFY(!m_world->info(kName).footprint.cgroupPath.isEmpty());
        else
            QVERIFY2(started.error().message.find("memory") != std::string::npos, started.error().message.c_str());
        QCOMPARE(static_cast<bool>(started), m_world->provider().notices().empty());
    }

private:
    static WorkloadPlan web(std::uint16_t port)
    {
        auto plan = ContainerWorld::plan(kName);
        plan.hasNetwork = true;
        plan.ports = { PublishedPort{ QStringLiteral("127.0.0.1"), port, 8080 } };
        return plan;
    }

    static bool isZombie(pid_t pid)
    {
        const auto status = readFile("/proc/" + std::to_string(pid) + "/status");
        return !status || status->find("State:\tZ") != std::string::npos;
    }

    static bool succeeds(const Result<>& result)
    {
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }

    static inline const QString kName = QStringLiteral("subject");
    std::unique_ptr<ContainerWorld> m_world;
};

QTEST_GUILESS_MAIN(ContainerNetworkTest)
#include "container_network_test.moc"
