// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/guest_figures_source.h"

#include "core/base/unique_fd.h"
#include "core/ipc/guest_messages.h"

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <cstring>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace twinhull;

namespace {

using Bytes = std::optional<std::uint64_t>;

const WorkloadId kVm{ WorkloadKind::Vm, QStringLiteral("vm") };

GuestReading reading(Bytes memoryTotal, Bytes memoryAvailable, Bytes received, Bytes sent)
{
    GuestReading reading;
    reading.memoryTotalBytes = memoryTotal;
    reading.memoryAvailableBytes = memoryAvailable;
    reading.networkReceivedBytes = received;
    reading.networkSentBytes = sent;
    return reading;
}

/// Answers every question on a socket with the same reading, as QEMU's guest would.
class FakeAgent {
public:
    FakeAgent(const QString& path, const GuestReading& reading)
        : m_listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), m_reading(reading)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.toUtf8().constData(), sizeof address.sun_path - 1);
        m_listens = ::bind(m_listening.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(m_listening.fd(), 4) == 0;
        m_thread = std::thread([this] { run(); });
    }
    ~FakeAgent()
    {
        (void)::shutdown(m_listening.fd(), SHUT_RDWR); // accept() returns
        m_thread.join();
    }
    FakeAgent(const FakeAgent&) = delete;
    FakeAgent& operator=(const FakeAgent&) = delete;

    bool listens() const { return m_listens; }

private:
    void run() const
    {
        while (true) {
            const UniqueFd client(::accept4(m_listening.fd(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!client)
                return;
            std::array<char, 4096> buffer{};
            const ssize_t count = ::recv(client.fd(), buffer.data(), buffer.size(), 0);
            if (count <= 1) // an end of line comes first
                continue;
            const auto request = decodeGuestRequest({ buffer.data() + 1, static_cast<std::size_t>(count) - 2 });
            GuestReply reply;
            reply.id = request ? request->id : 0;
            reply.reading = m_reading;
            const std::string line = encodeGuestReply(reply);
            (void)::send(client.fd(), line.data(), line.size(), MSG_NOSIGNAL); // who hung up is not told
        }
    }

    UniqueFd m_listening;
    GuestReading m_reading;
    bool m_listens = false;
    std::thread m_thread;
};

/// Lets itself be asked and never answers.
class SilentAgent {
public:
    explicit SilentAgent(const QString& path) : m_listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.toUtf8().constData(), sizeof address.sun_path - 1);
        if (::bind(m_listening.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            (void)::listen(m_listening.fd(), 4);
    }

    /// Somebody waits for its answer now.
    bool isAsked() const
    {
        pollfd waiting{ m_listening.fd(), POLLIN, 0 };
        if (!m_client && ::poll(&waiting, 1, 0) == 1)
            m_client = UniqueFd(::accept4(m_listening.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, 4096> buffer{};
        return m_client && ::recv(m_client.fd(), buffer.data(), buffer.size(), MSG_PEEK | MSG_DONTWAIT) > 0
            && !hasHungUp();
    }

private:
    bool hasHungUp() const
    {
        pollfd client{ m_client.fd(), POLLRDHUP, 0 };
        return ::poll(&client, 1, 0) == 1 && (client.revents & (POLLRDHUP | POLLHUP)) != 0;
    }

    UniqueFd m_listening;
    mutable UniqueFd m_client;
};

} // namespace

class GuestFiguresSourceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void handsACounterOutOnce()
    {
        const FakeAgent agent(path(), reading({}, {}, 1000, 50));
        QVERIFY(agent.listens());
        const Sample first = firstTold();
        QCOMPARE(*first.networkReceivedBytes, std::uint64_t{ 1000 });
        QCOMPARE(*first.networkSentBytes, std::uint64_t{ 50 });
        const Sample next = read();
        QCOMPARE(next.networkReceivedBytes.needs(), Needs::NextGuestReading);
        QCOMPARE(next.networkSentBytes.needs(), Needs::NextGuestReading);
        QVERIFY(first.isNetworkGuestView && next.isNetworkGuestView); // another word would begin the counters anew
    }

    void promisesAnAnswerUntilTheFirst()
    {
        m_source = std::make_unique<GuestFiguresSource>();
        m_source->setAgents({ { kVm, path() } });
        const Sample sample = read();
        QCOMPARE(sample.guest.memoryUsedBytes.needs(), Needs::NextGuestReading);
        QCOMPARE(sample.networkSentBytes.needs(), Needs::NextGuestReading);
    }

    void saysWhatTheGuestDidNotTell()
    {
        const FakeAgent agent(path(), reading(100, {}, 1, {}));
        const Sample sample = firstTold();
        QCOMPARE(sample.guest.memoryUsedBytes.needs(), Needs::GuestReport);
        QCOMPARE(sample.guest.memoryCacheBytes.needs(), Needs::GuestReport);
        QCOMPARE(sample.networkSentBytes.needs(), Needs::GuestReport);
    }

    void believesNoImpossibleGuest()
    {
        GuestReading told = reading(100, 40, 1, {});
        told.rootUsedBytes = 8;
        told.rootSizeBytes = 7;
        told.loadThousandths = std::uint64_t{ 1 } << 60U;
        told.swapUsedBytes = 5;
        const FakeAgent agent(path(), told);
        const Sample sample = firstTold();
        for (const auto& figure :
            { sample.guest.rootUsedBytes, sample.guest.rootSizeBytes, sample.guest.loadThousandths })
            QCOMPARE(figure.needs(), Needs::GuestReport);
        QCOMPARE(*sample.guest.swapUsedBytes, std::uint64_t{ 5 });
    }

    void saysOfASilentAgentThatItIsSilent()
    {
        const SilentAgent agent(path());
        m_source = std::make_unique<GuestFiguresSource>();
        m_source->setAgents({ { kVm, path() } });
        const auto isGivenUp = [&] { return read().guest.rootUsedBytes.needs() == Needs::GuestAnswer; };
        QVERIFY(QTest::qWaitFor(isGivenUp, test::kTestPatienceMilliseconds));
        QCOMPARE(read().networkSentBytes.needs(), Needs::GuestAnswer);
    }

    void leavesTheHostsNetworkAlone()
    {
        const FakeAgent agent(path(), reading(100, 40, 1, {}));
        (void)firstTold();
        Sample counted;
        counted.networkReceivedBytes = 77;
        const Sample sample = read(counted);
        QCOMPARE(*sample.networkReceivedBytes, std::uint64_t{ 77 });
        QVERIFY(!sample.isNetworkGuestView);
        QCOMPARE(*sample.guest.memoryTotalBytes, std::uint64_t{ 100 });
        QCOMPARE(*sample.guest.memoryUsedBytes, std::uint64_t{ 60 });
    }

    /// Two guests whose agents take a question and say nothing come first; the third one's answer does not wait for
    /// them.
    void asksOthersWhileOneIsSilent()
    {
        const std::array silent{ SilentAgent(path() + u'1'), SilentAgent(path() + u'2') };
        const FakeAgent agent(path(), reading(100, 40, 1, {}));
        m_source = std::make_unique<GuestFiguresSource>();
        m_source->setAgents({ { { WorkloadKind::Vm, QStringLiteral("a") }, path() + u'1' },
            { { WorkloadKind::Vm, QStringLiteral("b") }, path() + u'2' }, { kVm, path() } });
        std::vector<MetricTarget> targets;
        for (const char* key : { "a", "b", "vm" })
            targets.push_back({ { WorkloadKind::Vm, QLatin1String(key) }, {} });
        bool isSilentStillAsked = false;
        const auto isTold = [&] {
            std::vector<Sample> samples(3);
            m_source->read(targets, samples);
            isSilentStillAsked = silent[0].isAsked() && silent[1].isAsked();
            return samples[2].guest.memoryUsedBytes.has_value();
        };
        QVERIFY(QTest::qWaitFor(isTold, test::kTestPatienceMilliseconds));
        QVERIFY(isSilentStillAsked);
    }

    void cleanup() { m_source.reset(); }

private:
    QString path() const { return m_folder->filePath(QStringLiteral("agent.sock")); }

    Sample read(const Sample& before = {}) const
    {
        const std::array targets{ MetricTarget{ kVm, {} } };
        std::array samples{ before };
        m_source->read(targets, samples);
        return samples.front();
    }

    /// The sample of the tick after the guest's first answer.
    Sample firstTold()
    {
        m_source = std::make_unique<GuestFiguresSource>();
        m_source->setAgents({ { kVm, path() } });
        Sample sample;
        const auto isTold = [&] {
            if (!sample.networkReceivedBytes)
                sample = read();
            return sample.networkReceivedBytes.has_value();
        };
        (void)QTest::qWaitFor(isTold, test::kTestPatienceMilliseconds); // the caller looks at the figures
        return sample;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<GuestFiguresSource> m_source;
};

QTEST_GUILESS_MAIN(GuestFiguresSourceTest)
#include "guest_figures_source_test.moc"
