// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"
#include "core/load/port_wait.h"
#include "core/metrics/host_cost_source.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cmath>
#include <csignal>

using namespace twinhull;

namespace {

constexpr const char* kProgram = TH_BIN_DIR "/twinhull-load";
constexpr double kMebibyte = 1 << 20;

/// A program that runs until this ends, and the ruler on it: it is in no container and no VM.
class Measured {
public:
    explicit Measured(const Command& command)
    {
        if (auto child = spawn(command, {}))
            m_pid = child->pid;
        m_target.id = { WorkloadKind::Container, QStringLiteral("bare") };
        m_target.footprint.rootPids = { m_pid };
    }
    ~Measured()
    {
        if (m_pid > 0 && ::kill(m_pid, SIGKILL) == 0)
            ::waitpid(m_pid, nullptr, 0);
    }
    Measured(const Measured&) = delete;
    Measured& operator=(const Measured&) = delete;

    Sample cost() const { return readCostNow(m_target); }
    const MetricTarget& target() const { return m_target; }

private:
    pid_t m_pid = -1;
    MetricTarget m_target;
};

} // namespace

/// The program whose cost is known: that it does what it says, and counts it right.
class LoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_world.isValid()); }

    void doesWhatIsAskedFor_data()
    {
        QTest::addColumn<QString>("load");
        QTest::addColumn<qint64>("amount");
        QTest::addColumn<qint64>("done");
        QTest::newRow("cpu") << QStringLiteral("cpu") << qint64(10'000'000) << qint64(10'000'000);
        QTest::newRow("memory, whole blocks") << QStringLiteral("memory") << qint64(1) << qint64(64 << 20);
        QTest::newRow("syscalls") << QStringLiteral("syscalls") << qint64(50'000) << qint64(50'000);
        QTest::newRow("fork") << QStringLiteral("fork") << qint64(20) << qint64(20);
        QTest::newRow("file-cached, both ways") << QStringLiteral("file-cached") << qint64(8 << 20) << qint64(16 << 20);
    }
    void doesWhatIsAskedFor()
    {
        QFETCH(QString, load);
        QFETCH(qint64, amount);
        QFETCH(qint64, done);
        const auto report = run({ load.toStdString(), "--amount", std::to_string(amount) });
        QCOMPARE(report[u"load"].toString(), load);
        QCOMPARE(report[u"amount"].toInteger(), done);
        QVERIFY(report[u"value"].toDouble() > 0);
        QVERIFY(report[u"cpuNanoseconds"].toInteger() > 0);
        QVERIFY(report[u"lifeCpuNanoseconds"].toInteger() >= report[u"cpuNanoseconds"].toInteger());
        QVERIFY(report[u"wallNanoseconds"].toInteger() > 0);
        QVERIFY2(leftovers().isEmpty(), qPrintable(leftovers().join(u' ')));
    }

    void goesPastThePageCache()
    {
        const auto output = runCommand(command({ "file-direct", "--amount", "4194304" }), std::chrono::minutes(1));
        QVERIFY(output);
        if (output->exitStatus == 0)
            QCOMPARE(json(*output)[u"amount"].toInteger(), qint64(8 << 20));
        else // a tmpfs, say
            QVERIFY2(
                output->standardError.find("has no direct I/O") != std::string::npos, output->standardError.c_str());
        QVERIFY(leftovers().isEmpty());
    }

    void burnsNoMoreThanItsShare()
    {
        const auto report = run({ "burn", "--amount", "250", "--seconds", "1" });
        const auto cpu = static_cast<double>(report[u"cpuNanoseconds"].toInteger());
        const auto wall = static_cast<double>(report[u"wallNanoseconds"].toInteger());
        QVERIFY2(cpu <= 0.25 * wall + 5e6, qPrintable(QString::number(cpu / wall)));
        QVERIFY(cpu > 0);
    }

    /// Nobody ever gets all of a core.
    void endsInTimeWhereItGetsLessThanItsShare()
    {
        const auto report = run({ "burn", "--amount", "1000", "--seconds", "0.5" });
        QVERIFY(report[u"wallNanoseconds"].toInteger() >= 500'000'000);
    }

    void holdsWhatItTouched()
    {
        auto child = spawn(command({ "touch", "--amount", "33554432", "--seconds", "1000" }), {});
        QVERIFY(child);
        QTRY_VERIFY_WITH_TIMEOUT(anonymousBytes(child->pid) >= 32 << 20, 60'000);
        QVERIFY(anonymousBytes(child->pid) < 33 << 20);
        QCOMPARE(::kill(child->pid, SIGKILL), 0);
        QCOMPARE(::waitpid(child->pid, nullptr, 0), child->pid);
    }

    /// Four loads at the same time for half a minute, by the ruler that containers and VMs are read by: within 3 % of
    /// what each counted itself, its start with it, and memory within 1 MiB; read together they are the sum.
    void areReadAsTheyCountAllAtOnce()
    {
        const Measured burn(untilReported("burn"));
        const Measured fork(untilReported("fork", "1000"));
        const Measured write(untilReported("write"));
        const Measured touch(command({ "touch", "--seconds", "1000" }));
        const auto haveEnded = [this] { return hasReported("burn") && hasReported("fork") && hasReported("write"); };
        QTRY_VERIFY_WITH_TIMEOUT(haveEnded(), 180'000);
        verifyRead(burn.cost().cpuNanoseconds, told("burn")[u"lifeCpuNanoseconds"].toDouble());
        verifyRead(fork.cost().cpuNanoseconds, told("fork")[u"lifeCpuNanoseconds"].toDouble());
        const double touched = static_cast<double>(touch.cost().residentBytes.value_or(0)) / kMebibyte;
        QVERIFY2(std::abs(touched - 64) <= 1, qPrintable(QString::number(touched)));
        std::uint64_t sum = 0;
        MetricTarget all;
        all.id = burn.target().id;
        for (const Measured* each : { &burn, &fork, &write, &touch }) {
            sum += each->cost().cpuNanoseconds.value_or(0);
            all.footprint.rootPids.push_back(each->target().footprint.rootPids.front());
        }
        const auto whole = static_cast<double>(readCostNow(all).cpuNanoseconds.value_or(0));
        QVERIFY2(std::abs(static_cast<double>(sum) - whole) <= 0.01 * whole, qPrintable(QString::number(whole)));
        if (told("write").isEmpty())
            QSKIP("the folder of the test has no direct I/O: what is written to the disk was not read");
        verifyRead(write.cost().diskWrittenBytes, told("write")[u"amount"].toDouble());
    }

    /// Idle against idle: no figure of what it costs differs.
    void isReadAsNothingWhileItRests()
    {
        const Command rest{ { "/bin/sleep", "1000" }, {}, {} };
        const Measured first(rest);
        const Measured second(rest);
        const auto used = [&] { return *first.cost().cpuNanoseconds + *second.cost().cpuNanoseconds; };
        const auto haveStarted = [&] {
            const auto begin = used();
            QTest::qWait(500);
            return begin > 0 && used() == begin;
        };
        QTRY_VERIFY_WITH_TIMEOUT(haveStarted(), 20'000);
        const std::array before{ first.cost(), second.cost() };
        QTest::qWait(1000);
        const std::array after{ first.cost(), second.cost() };
        for (const std::size_t i : { 0U, 1U }) {
            QCOMPARE(*after[i].cpuNanoseconds, *before[i].cpuNanoseconds);
            QCOMPARE(*after[i].diskWrittenBytes, *before[i].diskWrittenBytes);
        }
        const double apart
            = static_cast<double>(*after[0].residentBytes) - static_cast<double>(*after[1].residentBytes);
        QVERIFY2(std::abs(apart) <= 0.25 * kMebibyte, qPrintable(QString::number(apart)));
    }

    void tellsListenersFromOthers_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("listens");
        QTest::newRow("of IPv4") << QByteArray("   0: 0100007F:BAC3 00000000:0000 0A 00000000:00000000 00:0") << true;
        QTest::newRow("of IPv6") << QByteArray("   1: 00000000000000000000000000000000:BAC3 "
                                               "00000000000000000000000000000000:0000 0A 00000000:00000000")
                                 << true;
        QTest::newRow("another port") << QByteArray("   0: 0100007F:BAC4 00000000:0000 0A 00000000:00000000") << false;
        QTest::newRow("a connection") << QByteArray("   0: 0100007F:BAC3 0100007F:0A0A 01 00000000:00000000") << false;
        QTest::newRow("to that port") << QByteArray("   0: 0100007F:C001 0100007F:BAC3 0A 00000000:00000000") << false;
        QTest::newRow("half a line") << QByteArray("   0: 0100007F:BAC3") << false;
        QTest::newRow("no address") << QByteArray("   0: BAC3 0 0A") << false;
        QTest::newRow("a long port") << QByteArray("   0: 0:1BAC3 0 0A") << false;
    }
    void tellsListenersFromOthers()
    {
        QFETCH(QByteArray, line);
        QFETCH(bool, listens);
        const QByteArray table = "  sl  local_address rem_address   st tx_queue\n" + line;
        QCOMPARE(hasListener(table.toStdString(), 47811), listens);
        QCOMPARE(hasListener((table + "\n\n").toStdString(), 47811), listens);
    }

    /// The kernel chooses the port of a socket that listens without one.
    void endsWhenSomebodyListens()
    {
        UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        socklen_t size = sizeof address;
        QCOMPARE(::bind(server.fd(), reinterpret_cast<sockaddr*>(&address), size), 0);
        QCOMPARE(::getsockname(server.fd(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        const std::string port = std::to_string(ntohs(address.sin_port));
        auto child = spawn({ { kProgram, "--await-port", port }, {}, {} }, {});
        QVERIFY(child);
        pollfd ended{ child->pidfd.fd(), POLLIN, 0 };
        QCOMPARE(::poll(&ended, 1, 300), 0); // bound, and nobody listens
        QCOMPARE(::listen(server.fd(), 1), 0);
        QCOMPARE(::poll(&ended, 1, 20'000), 1);
        int status = -1;
        QCOMPARE(::waitpid(child->pid, &status, 0), child->pid);
        QCOMPARE(status, 0);
    }

    void refusesWhatItDoesNotKnow_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("load") << QString::fromLatin1("dance").split(u' ');
        QTest::newRow("option") << QString::fromLatin1("cpu --quickly 1").split(u' ');
        QTest::newRow("no number") << QString::fromLatin1("cpu --amount many").split(u' ');
        QTest::newRow("negative") << QString::fromLatin1("cpu --seconds -1").split(u' ');
        QTest::newRow("no value") << QString::fromLatin1("cpu --amount").split(u' ');
        QTest::newRow("no port") << QString::fromLatin1("--await-port 65536").split(u' ');
        QTest::newRow("more than a core") << QString::fromLatin1("burn --amount 1001").split(u' ');
    }
    void refusesWhatItDoesNotKnow()
    {
        QFETCH(QStringList, words);
        Command command{ { kProgram }, {}, {} };
        for (const QString& word : words)
            command.arguments.push_back(word.toStdString());
        const auto output = runCommand(command, std::chrono::minutes(1));
        QVERIFY(output);
        QCOMPARE(output->exitStatus, 2);
        QVERIFY(output->standardOutput.empty());
        QVERIFY(output->standardError.starts_with("twinhull-load: "));
    }

private:
    QString reportOf(const char* load) const { return m_world.path(QStringLiteral("report-") + QLatin1String(load)); }
    bool hasReported(const char* load) const { return QFile::exists(reportOf(load)); }

    /// A shell that has the load as its child and waits after it, so that what both took can still be read.
    Command untilReported(const char* load, const char* amount = "0") const
    {
        const QString script = QStringLiteral("%1 %2 --amount %3 --folder %4 > %5.part; mv %5.part %5; exec sleep 1000")
                                   .arg(QLatin1String(kProgram), QLatin1String(load), QLatin1String(amount),
                                       m_world.path(), reportOf(load));
        return { { "/bin/sh", "-c", script.toStdString() }, {}, {} };
    }

    /// What a load said of itself; empty when it failed.
    QJsonObject told(const char* load) const
    {
        QFile file(reportOf(load));
        (void)file.open(QIODevice::ReadOnly);
        return QJsonDocument::fromJson(file.readAll()).object();
    }

    static void verifyRead(const Reading<std::uint64_t>& reading, double truth)
    {
        const auto read = static_cast<double>(reading.value_or(0));
        QVERIFY2(truth > 0 && std::abs(read - truth) <= 0.03 * truth,
            qPrintable(QStringLiteral("%1 for %2").arg(read).arg(truth)));
    }

    Command command(std::vector<std::string> words) const
    {
        words.insert(words.begin(), kProgram);
        words.insert(words.end(), { "--folder", m_world.path().toStdString() });
        return { std::move(words), {}, {} };
    }
    static QJsonObject json(const CommandOutput& output)
    {
        return QJsonDocument::fromJson(QByteArray::fromStdString(output.standardOutput)).object();
    }
    QJsonObject run(const std::vector<std::string>& words) const
    {
        const auto output = runCommand(command(words), std::chrono::minutes(2));
        return output && output->exitStatus == 0 ? json(*output) : QJsonObject();
    }
    QStringList leftovers() const
    {
        return QDir(m_world.path()).entryList({ QStringLiteral("twinhull-load*") }, QDir::AllEntries | QDir::System);
    }
    static qint64 anonymousBytes(pid_t pid)
    {
        QFile file(QStringLiteral("/proc/%1/status").arg(pid));
        if (!file.open(QIODevice::ReadOnly))
            return 0;
        for (const QByteArray& line : file.readAll().split('\n')) {
            if (line.startsWith("RssAnon:"))
                return line.mid(8).trimmed().split(' ').front().toLongLong() * 1024;
        }
        return 0;
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(LoadTest)
#include "load_test.moc"
