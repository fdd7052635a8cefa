// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/unique_fd.h"
#include "tests/support/container_world.h"
#include "tests/support/ctl_world.h"

#include <QElapsedTimer>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace twinhull;
using test::ctl;

namespace {

void sendDatagram(std::uint16_t port)
{
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    QCOMPARE(::sendto(socket.fd(), "ping", 4, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address), 4);
}

/// How many datagrams a container got for a port where nobody listens: snmp(7) of its own network namespace.
int datagramsForNobody()
{
    for (const auto& line : ctl({ "exec", "x", "cat", "/proc/net/snmp" }).out.split('\n')) {
        if (const auto words = line.split(' '); words.size() > 2 && words[0] == "Udp:" && words[1] != "InDatagrams")
            return words[2].toInt();
    }
    return -1;
}

} // namespace

/// The options of create and run, as the processes of real containers of the starter image see them.
class CtlCreateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem())); }

    void cleanup() { test::CtlWorld::removeContainers(); }

    void runsAsTheUserInTheFolderUnderTheName()
    {
        const auto log = said({ "--user", "1234:567", "--workdir", "/made/for it", "--hostname", "db.example" },
            "id -u; id -g; pwd; cat /proc/sys/kernel/hostname; echo $HOSTNAME; grep db.example /etc/hosts");
        QCOMPARE(log, QByteArray("1234\n567\n/made/for it\ndb.example\ndb.example\n127.0.1.1\tdb.example\n"));
    }

    void tellsAUserThatIsNotThere()
    {
        const auto run = ctl({ "create", "--name", "x", "--user", "nobody-here", "starter" });
        QVERIFY(run.exitCode != 0);
        QVERIFY2(run.text().contains(QStringLiteral("nobody-here")), qPrintable(run.text()));
        QVERIFY(test::CtlWorld::containers().isEmpty());
    }

    void replacesTheEntrypointAndLimitsIt()
    {
        const auto run = ctl({ "run", "--name", "x", "--entrypoint", "[\"/bin/sh\", \"-c\"]", "--ulimit",
            "nofile=100:200", "starter", "echo \"mine $0 $(ulimit -Sn) $(ulimit -Hn)\"; exec sleep 60", "word" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QTRY_COMPARE(logOf(), QByteArray("mine word 100 200\n"));
    }

    void readsEnvironmentFilesAndKeepsTheLastWord()
    {
        const std::string file = m_world.path(QStringLiteral("some.env")).toStdString();
        QVERIFY(writeFileAtomically(file, "# a comment\nONE=1 and a half\nTWO=2\n"));
        QCOMPARE(
            said({ "--env-file", file, "-e", "TWO=two" }, "echo $ONE; echo $TWO"), QByteArray("1 and a half\ntwo\n"));
        QVERIFY(writeFileAtomically(file, "ONE=1\n=2\n"));
        const auto wrong = ctl({ "create", "--name", "y", "--env-file", file, "starter" });
        QVERIFY(wrong.exitCode != 0);
        QVERIFY2(wrong.text().contains(QStringLiteral("KEY=VALUE")), qPrintable(wrong.text()));
        QVERIFY(ctl({ "create", "--name", "y", "--env-file", "/dev/zero", "starter" }).exitCode != 0);
    }

    void keepsLabels()
    {
        QCOMPARE(ctl({ "create", "--name", "x", "--label", "owner=R & D", "-l", "bare", "starter" }).exitCode, 0);
        const auto labels = only()[u"labels"].toObject();
        QCOMPARE(labels[u"owner"].toString(), QStringLiteral("R & D"));
        QVERIFY(labels.contains(u"bare") && labels.size() == 2);
    }

    void makesTheRootReadOnly()
    {
        const auto log = said({ "--user", "0", "--read-only", "--tmpfs", "/cache:size=1m,mode=700" },
            "touch /x 2>/dev/null || echo root; touch /etc/hosts 2>/dev/null || echo hosts; touch /tmp/x && echo tmp; "
            "grep -c ' /cache tmpfs .*noexec.*size=1024k' /proc/mounts; dd if=/dev/zero of=/cache/x bs=1k count=2048 "
            "2>/dev/null || echo full");
        QCOMPARE(log, QByteArray("root\nhosts\ntmp\n1\nfull\n"));
    }

    void anInitCollectsOrphansAndPassesSignalsOn()
    {
        const auto run = ctl({ "run", "--name", "x", "--init", "--stop-signal", "USR1", "starter", "/bin/sh", "-c",
            "trap 'echo got it; exit 7' USR1; (sleep 0.1 &); echo \"I am $$\"; cat /proc/1/comm; while :; do sleep "
            "0.1; "
            "done" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QTRY_VERIFY(logOf().contains("init\n"));
        QVERIFY2(!logOf().contains("I am 1\n"), logOf().constData());
        const auto stopped = ctl({ "stop", "x", "--kind", "container" });
        QVERIFY2(stopped.exitCode == 0, qPrintable(stopped.text()));
        QVERIFY(logOf().contains("got it"));
        QCOMPARE(only()[u"exit_status"].toInt(), 7);
    }

    void waitsAsLongAsItWasTold()
    {
        const auto run = ctl({ "run", "--name", "x", "--stop-timeout", "1", "starter", "/bin/sh", "-c",
            "trap 'echo no' TERM; echo up; while :; do sleep 0.1; done" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QTRY_VERIFY(logOf().contains("up"));
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(ctl({ "stop", "x", "--kind", "container" }).exitCode, 0);
        QVERIFY(timer.elapsed() >= 1000); // and then it was killed: 137
        QCOMPARE(only()[u"exit_status"].toInt(), 137);
    }

    void addsAndDropsCapabilities()
    {
        const char* script = "grep CapBnd /proc/self/status | cut -f2; grep CapEff /proc/self/status | cut -f2";
        QCOMPARE(said({ "--cap-drop", "ALL" }, script), QByteArray("0000000000000000\n0000000000000000\n"));
        QCOMPARE(said({ "--cap-drop", "all", "--cap-add", "net_raw" }, script),
            QByteArray("0000000000002000\n0000000000002000\n"));
        QCOMPARE(said({ "--user", "1000", "--cap-drop", "ALL", "--cap-add", "NET_RAW" }, script),
            QByteArray("0000000000002000\n0000000000002000\n"));
        const auto wrong = ctl({ "create", "--name", "y", "--cap-add", "MAGIC", "starter" });
        QVERIFY2(wrong.exitCode != 0 && wrong.text().contains(QStringLiteral("MAGIC")), qPrintable(wrong.text()));
    }

    void confinesAsAsked()
    {
        const char* script
            = "grep '^Seccomp:' /proc/self/status | cut -f2; grep NoNewPrivs /proc/self/status | cut -f2";
        QCOMPARE(said({}, script), QByteArray("2\n1\n"));
        QCOMPARE(said({ "--security-opt", "seccomp=unconfined", "--security-opt", "no-new-privileges=false" }, script),
            QByteArray("0\n0\n"));
        const std::string file = m_world.path(QStringLiteral("no-mkdir.json")).toStdString();
        QVERIFY(writeFileAtomically(file,
            R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],)"
            R"("action":"SCMP_ACT_ERRNO","errnoRet":17}]})"));
        QCOMPARE(said({ "--user", "0", "--security-opt", "seccomp=" + file },
                     "mkdir /new 2>/dev/null || echo no; touch /new && echo yes"),
            QByteArray("no\nyes\n"));
        QVERIFY(writeFileAtomically(file, "nonsense"));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("stopped"));
        QVERIFY(ctl({ "start", "x" }).exitCode == 0); // the profile was read once
    }

    void writesNamesOfOthers()
    {
        const auto log = said({ "--dns", "9.9.9.9", "--dns-search", "lan", "--add-host", "db:10.1.2.3" },
            "cat /etc/resolv.conf; grep db /etc/hosts");
        QCOMPARE(log, QByteArray("nameserver 9.9.9.9\nsearch lan\n10.1.2.3\tdb\n"));
    }

    void passesADeviceOn()
    {
        if (::access("/dev/full", R_OK | W_OK) != 0)
            QSKIP("no /dev/full that may be opened");
        QCOMPARE(said({ "--device", "/dev/full:/dev/brimful" }, "echo x > /dev/brimful 2>/dev/null || echo full"),
            QByteArray("full\n"));
        const auto wrong = ctl({ "create", "--name", "y", "--device", "/etc/hostname", "starter" });
        QVERIFY2(wrong.text().contains(QStringLiteral("not a device node")), qPrintable(wrong.text()));
    }

    void publishesUdpAndRanges()
    {
        const auto port = test::freePort();
        const std::string first = std::to_string(port);
        const auto run = ctl({ "run", "--name", "x", "-p", first + ":9000/udp", "starter" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto published = only()[u"ports"][0].toObject();
        QCOMPARE(published[u"protocol"].toString(), QStringLiteral("udp"));
        const int before = datagramsForNobody();
        QVERIFY(before >= 0);
        const auto arrives = [&] { // one of them may be lost
            sendDatagram(port);
            return datagramsForNobody() > before;
        };
        QTRY_VERIFY(arrives());
        const auto taken = ctl({ "run", "--name", "z", "-p", first + ":9000/udp", "starter" });
        QVERIFY2(taken.text().contains(QStringLiteral("UDP port ") + QString::number(port)), qPrintable(taken.text()));
        const auto wrong = ctl({ "create", "--name", "y", "-p", "8000-8010:80", "starter" });
        QVERIFY2(wrong.text().contains(QStringLiteral("ranges differ")), qPrintable(wrong.text()));
    }

    void saysWhatAVmCannotDo()
    {
        const auto refused = ctl({ "create", "--vm", "--name", "v", "--cap-add", "NET_RAW", "starter" });
        QVERIFY(refused.exitCode != 0);
        QVERIFY(!refused.text().isEmpty());
    }

private:
    /// What a script wrote in a container with those options.
    static QByteArray said(const std::vector<std::string>& options, const char* script)
    {
        test::CtlWorld::removeContainers();
        std::vector<std::string> words{ "run", "--name", "x" };
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { "starter", "/bin/sh", "-c", std::string(script) + "\necho THE END" });
        const auto run = ctl(words);
        if (run.exitCode != 0)
            return run.out + run.err;
        const QByteArray end("THE END\n");
        if (!QTest::qWaitFor([&end] { return logOf().endsWith(end); }, 60'000))
            return logOf();
        QByteArray log = logOf();
        log.chop(end.size());
        return log;
    }

    /// What it wrote to its standard output.
    static QByteArray logOf()
    {
        QByteArray text;
        for (const auto& line : ctl({ "logs", "x", "--kind", "container", "--json" }).out.split('\n')) {
            const auto record = QJsonDocument::fromJson(line).object();
            if (record[u"stream"].toString() == u"stdout")
                text += record[u"text"].toString().toUtf8() + (record[u"partial"].toBool() ? "" : "\n");
        }
        return text;
    }
    static QJsonObject only() { return test::CtlWorld::only(); }

    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlCreateTest)
#include "ctl_create_test.moc"
