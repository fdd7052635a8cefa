// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/ctl.h"
#include "tests/support/image_archive.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/process_search.h"
#include "tests/support/temporary_world.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTcpServer>
#include <QTest>
#include <QUdpSocket>

#include <poll.h>
#include <sys/wait.h>

#include <array>
#include <csignal>

using namespace twinhull;
using test::ctl;
using test::CtlOutput;

namespace {

constexpr std::array<QStringView, 3> kOverheads{ u"startup_ms", u"memory_host_bytes", u"cpu_seconds" };
constexpr std::array<QStringView, 4> kFigures{ u"startup_ms", u"memory_host_bytes", u"cpu_seconds", u"disk_bytes" };

} // namespace

/// The product's signature act by its command line: real containers, real emulated VMs, a private session libvirt.
class TwinRunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto ready = test::prepareGuests({ { "images", "starter" } });
        QVERIFY2(ready, ready ? "" : ready.error().message.c_str());
    }

    void cleanup()
    {
        if (!QTest::currentTestFailed()) // do not let one failure cause the next
            return;
        ctl({ "twin", "remove", "web" });
        ctl({ "remove", "--force", "talk" });
    }

    void writesReportsOfWhatBothHalvesCost()
    {
        const QString json = m_world.path(QStringLiteral("report.json"));
        const QString html = m_world.path(QStringLiteral("report.html"));
        const QString png = m_world.path(QStringLiteral("report.png"));
        const auto run = ctl({ "compare", "twinhull/starter", "--repeat", "2", "--report", json.toStdString(),
                                 "--report", html.toStdString(), "--report", png.toStdString() },
            std::chrono::minutes(5));
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QVERIFY(run.out.contains("twinhull/starter"));

        const QJsonObject report = QJsonDocument::fromJson(textOf(json)).object();
        const auto machine = report[u"machine"];
        QVERIFY(!machine[u"kernel"].toString().isEmpty());
        QVERIFY(machine[u"cpus"].toInt() > 0);
        QCOMPARE(machine[u"acceleration"].toString(), expectedAcceleration());
        showsFigures(report[u"container"].toObject());
        showsFigures(report[u"vm"].toObject());
        QVERIFY(medianIn(report, u"vm", u"startup_ms") > medianIn(report, u"container", u"startup_ms"));
        QVERIFY(report[u"vm"][u"runs"][0][u"definition_ms"].toDouble() > 0);
        QVERIFY(report[u"container"][u"runs"][0][u"definition_ms"].isNull());
        for (const QStringView key : kOverheads)
            QCOMPARE(report[u"overhead"][key].toDouble(),
                medianIn(report, u"vm", key) - medianIn(report, u"container", key));

        QCOMPARE(report[u"version"].toInt(), 2);
        QCOMPARE(report[u"warm_up_rounds"].toInt(), 1);
        QCOMPARE(report[u"figures"][u"startup_ms"][u"difference"][u"samples"].toArray().size(), 2);
        QVERIFY2(run.out.contains("2 rounds, 6 are needed"), run.out.constData());
        describesTheMachine(machine[u"facts"].toArray());

        const auto same = ctl({ "compare", "--against", json.toStdString(), json.toStdString() });
        QVERIFY2(same.exitCode == 0, qPrintable(same.text()));
        QVERIFY2(!same.out.contains("takes more than"), same.out.constData());

        QVERIFY(textOf(png).startsWith("\x89PNG"));
        const QByteArray page = textOf(html);
        QVERIFY(page.contains("Container") && page.contains("VM") && page.contains("twinhull/starter"));
        leavesNothingBehind();
    }

    void leadsATwinFromCreateToRemove()
    {
        const auto created = ctl({ "twin", "create", "starter", "--name", "web", "--json" });
        QVERIFY2(created.exitCode == 0, qPrintable(created.text()));
        const auto halves = created.json().array();
        QCOMPARE(halves.size(), 2);
        QByteArrayList answers;
        for (const auto& half : halves)
            answers << test::httpGet(static_cast<quint16>(half[u"ports"][0][u"host_port"].toInt()), "/");
        QVERIFY2(answers[0].contains("starter"), qPrintable(created.text()));
        QCOMPARE(answers[1], answers[0]);

        const auto log = ctl({ "logs", "web", "--kind", "vm" });
        QVERIFY2(log.exitCode == 0 && log.out.isEmpty() && log.err.contains("nothing yet"), qPrintable(log.text()));

        QCOMPARE(ctl({ "twin", "stop", "web" }).exitCode, 0);
        QCOMPARE(states(), (QStringList{ QStringLiteral("stopped"), QStringLiteral("stopped") }));
        QCOMPARE(ctl({ "twin", "start", "web" }).exitCode, 0);
        QCOMPARE(states(), (QStringList{ QStringLiteral("running"), QStringLiteral("running") }));
        QCOMPARE(ctl({ "twin", "remove", "web" }).exitCode, 0);
        leavesNothingBehind();
    }

    /// As of a container: streams apart, each line with its time, whole and half lines; and its ports at ::1 too.
    void printsWhatAVmWrote()
    {
        const quint16 port = freeUdpPort(QHostAddress::LocalHost);
        const quint16 port6 = freeUdpPort(QHostAddress::LocalHostIPv6);
        const quint16 web6 = freeUdpPort(QHostAddress::LocalHostIPv6); // of TCP it is as free as any
        const auto began = QDateTime::currentDateTimeUtc();
        const auto run = ctl({ "run", "--vm", "--name", "talk", "-p", std::to_string(port) + ":5353/udp", "-p",
            "[::1]:" + std::to_string(port6) + ":5353/udp", "-p", "[::1]:" + std::to_string(web6) + ":8080", "starter",
            "/bin/sh", "-c",
            "httpd -p 8080 -h /srv/www; mkfifo /tmp/say; printf 'hello\\nb\\303\\251 \\033[1mbold\\033[m\\n\\nhalf'; "
            "echo oops > /dev/stderr; until [ \"$line\" = bye ]; do read -r line < /tmp/say; echo \"$line\"; done" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto logs = [](std::vector<std::string> more) {
            more.insert(more.begin(), { "logs", "talk", "--kind", "vm" });
            return ctl(more);
        };
        QTRY_COMPARE_WITH_TIMEOUT(logs({}).out, QByteArray("hello\nb\303\251 \033[1mbold\033[m\n\nhalf"), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(logs({}).err, QByteArray("oops\n"), 60'000);
        const auto records = logs({ "--json", "--stream", "stdout" });
        const QByteArray told = withoutTimes(records.out, began);
        const QByteArray wanted = record("hello", "false") + record("b\303\251 \\u001b[1mbold\\u001b[m", "false")
            + record("", "false") + record("half", "true");
        QVERIFY2(told == wanted, records.out);
        const auto dated = logs({ "-t", "--stream", "stderr" });
        QVERIFY2(dated.out.isEmpty() && dated.err.startsWith("20") && dated.err.endsWith("Z oops\n"),
            qPrintable(dated.text()));
        QCOMPARE(logs({ "--tail", "1", "--stream", "stdout" }).out.count('\n'), 0);
        QVERIFY(logs({ "--until", "2020-01-01" }).out.isEmpty());
        QVERIFY(logs({ "--since", "1h" }).out.startsWith("hello\n"));
        reachesOverUdp(QHostAddress::LocalHost, port);
        reachesOverUdp(QHostAddress::LocalHostIPv6, port6);
        servesAtIpv6(web6);
        followsToItsEnd();
        QTRY_VERIFY(isFreeAtIpv6(web6));
        QCOMPARE(ctl({ "remove", "talk" }).exitCode, 0);
    }

    void endsWhatItStartedWhenInterrupted()
    {
        const QString said = m_world.path(QStringLiteral("interrupted.txt"));
        auto error = openPath(said.toStdString(), O_WRONLY | O_CREAT | O_TRUNC);
        QVERIFY(error);
        auto child = spawn(
            { { TH_BIN_DIR "/twinhullctl", "twin", "run", "starter" }, {}, {} }, { -1, error->fd(), error->fd(), -1 });
        QVERIFY(child);
        QTRY_VERIFY_WITH_TIMEOUT(
            !test::processesNaming(m_world.path() + QStringLiteral("/home"), "qemu").empty(), 60'000);
        QCOMPARE(::kill(child->pid, SIGINT), 0);
        pollfd ended{ child->pidfd.fd(), POLLIN, 0 };
        QCOMPARE(::poll(&ended, 1, 120'000), 1);
        int status = 0;
        QCOMPARE(::waitpid(child->pid, &status, 0), child->pid);
        QCOMPARE(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 6);
        QVERIFY2(textOf(said).contains("cancelled"), textOf(said));
        leavesNothingBehind();
    }

    void measuresACommandInBothHalves()
    {
        const auto run = ctl({ "compare", "--repeat", "1", "--warm-up", "0", "--json", "--command",
                                 "sh -c 'i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; echo turns: $i'",
                                 "--figure", "turns: ([0-9]+)", "--unit", "turns", "--better", "higher", "starter" },
            std::chrono::minutes(5));
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        QVERIFY2(report[u"work"].toString().contains(u"run inside to its end"), qPrintable(run.text()));
        QCOMPARE(report[u"work_scale"][u"unit"].toString(), QStringLiteral("turns"));
        for (const auto half : { u"container", u"vm" }) {
            QVERIFY2(medianIn(report, half, u"work_ms") > 0, qPrintable(run.text()));
            QCOMPARE(medianIn(report, half, u"work_figure"), 2000.0);
        }
        leavesNothingBehind();
    }

    void measuresALoadOfOursInBothHalves()
    {
        const auto run = ctl({ "compare", "--repeat", "1", "--warm-up", "0", "--caches", "cold", "--json", "--workload",
                                 "fork", "starter" },
            std::chrono::minutes(5));
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        wereCold(report);
        QVERIFY2(report[u"work"].toString().startsWith(u"fork: children"), qPrintable(run.text()));
        for (const auto half : { u"container", u"vm" })
            QVERIFY2(medianIn(report, half, u"work_ms") > 0, qPrintable(run.text()));
        leavesNothingBehind();
    }

    void saysThatACommandFailed()
    {
        const auto run = ctl({ "compare", "--repeat", "1", "--warm-up", "0", "--command",
            "sh -c 'echo no such luck >&2; exit 3'", "starter" });
        QCOMPARE(run.exitCode, 1);
        QCOMPARE(run.errorLines().size(), 1);
        QVERIFY2(run.err.contains("ended with status 3: no such luck"), qPrintable(run.text()));
        leavesNothingBehind();
    }

    void saysThatAnEntrypointCannotStart()
    {
        const std::string archive = m_world.path(QStringLiteral("empty.tar")).toStdString();
        const std::string layer = test::TarBuilder().folder("etc/").build();
        QVERIFY(writeFileAtomically(archive, test::dockerArchive("test/empty:1", { layer })));
        QCOMPARE(ctl({ "images", "load", archive }).exitCode, 0);
        const auto run = ctl({ "twin", "run", "test/empty:1", "--repeat", "1" });
        QVERIFY2(run.exitCode != 0, qPrintable(run.text()));
        QCOMPARE(run.errorLines().size(), 1);
        QVERIFY2(run.err.contains("/bin/true"), qPrintable(run.text()));
        leavesNothingBehind();
    }

private:
    static QByteArray textOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static quint16 freeUdpPort(QHostAddress::SpecialAddress address)
    {
        QUdpSocket socket;
        return socket.bind(QHostAddress(address), 0) ? socket.localPort() : 0;
    }

    static bool isFreeAtIpv6(quint16 port) { return QTcpServer().listen(QHostAddress::LocalHostIPv6, port); }

    /// It is a helper's port: with that it goes, and who sees the VM next brings it back.
    static void servesAtIpv6(quint16 port)
    {
        QVERIFY(test::httpGetOnce(port, "/", "::1").contains("starter"));
        const auto inspected = ctl({ "inspect", "talk", "--json" });
        const pid_t relay = inspected.json()[0][u"helper_pids"][0].toInt();
        QVERIFY2(relay > 1 && !isFreeAtIpv6(port), qPrintable(inspected.text()));
        QCOMPARE(::kill(relay, SIGKILL), 0);
        QTRY_VERIFY(isFreeAtIpv6(port));
        // one program may have ended before it came to that: the next one goes on
        QTRY_VERIFY_WITH_TIMEOUT(
            ctl({ "list" }).exitCode == 0 && test::httpGetOnce(port, "/", "::1").contains("starter"), 60'000);
    }

    /// What comes while it follows, and no further than to the end of the VM.
    static void followsToItsEnd()
    {
        const auto say = [](const std::string& word) {
            return ctl({ "exec", "--kind", "vm", "talk", "sh", "-c", "echo " + word + " > /tmp/say" }).exitCode;
        };
        QProcess follower;
        follower.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            QStringLiteral("logs -f -n 1 --stream stdout --kind vm talk").split(u' '));
        QByteArray told;
        const auto hasTold
            = [&](const char* text) { return (told += follower.readAllStandardOutput()).contains(text); };
        QTRY_VERIFY_WITH_TIMEOUT(hasTold("half"), 60'000);
        QCOMPARE(say("later"), 0);
        QTRY_VERIFY2_WITH_TIMEOUT(hasTold("later\n"), told.constData(), 60'000);
        QCOMPARE(follower.state(), QProcess::Running);
        (void)say("bye"); // its machine may end before it has told its status
        QTRY_COMPARE_WITH_TIMEOUT(follower.state(), QProcess::NotRunning, 60'000);
        QCOMPARE(follower.exitCode(), 0);
        QVERIFY2(hasTold("bye\n"), told.constData());
    }

    /// Nobody listens inside, so the guest's kernel counts what comes as datagrams to no port.
    static void reachesOverUdp(QHostAddress::SpecialAddress address, quint16 port)
    {
        const auto counted = [] {
            const auto told = ctl({ "exec", "--kind", "vm", "-w", "/proc/net", "-e", "LINE=^Udp: [0-9]", "talk", "sh",
                "-c", "grep \"$LINE\" snmp" });
            return told.out.split(' ').value(2).toInt(); // "Udp: InDatagrams NoPorts …"
        };
        const int before = counted();
        QUdpSocket socket;
        for (int i = 0; i < 3; ++i)
            QCOMPARE(socket.writeDatagram("ping", 4, QHostAddress(address), port), qint64{ 4 });
        QTRY_VERIFY2_WITH_TIMEOUT(counted() >= before + 3, "no datagram came to the guest", 60'000);
    }

    /// A record of what a VM's program wrote, as twinhullctl tells it, but for its time.
    static QByteArray record(const char* text, const char* partial)
    {
        return QByteArray("{\"partial\":") + partial + ",\"stream\":\"stdout\",\"text\":\"" + text
            + "\",\"time\":\"\"}\n";
    }

    /// The records, each of a time since then: the guest's clock is this computer's, to the second.
    static QByteArray withoutTimes(const QByteArray& records, const QDateTime& began)
    {
        QByteArray text;
        for (const QByteArray& line : records.split('\n')) {
            if (line.isEmpty())
                continue;
            QJsonObject one = QJsonDocument::fromJson(line).object();
            const auto time = QDateTime::fromString(one[u"time"].toString().left(23) + u'Z', Qt::ISODateWithMs);
            if (time.addSecs(2) >= began && time.addSecs(-2) <= QDateTime::currentDateTimeUtc())
                one[u"time"] = QString();
            text += QJsonDocument(one).toJson(QJsonDocument::Compact) + '\n';
        }
        return text;
    }

    /// As the settings' "auto" finds it: a probe of this computer, so only its words are known here.
    static QString expectedAcceleration()
    {
        QFile info(QStringLiteral("/proc/cpuinfo"));
        const QByteArray text = info.open(QIODevice::ReadOnly) ? info.readAll() : QByteArray();
        const bool hasHardware = text.contains(" vmx ") || text.contains(" svm ");
        return hasHardware && QFile::exists(QStringLiteral("/dev/kvm")) ? QStringLiteral("kvm") : QStringLiteral("tcg");
    }

    static double medianIn(const QJsonObject& report, QStringView half, QStringView key)
    {
        return report[half][key].toDouble();
    }

    /// What ran the VM is known, whatever else is not.
    static void describesTheMachine(const QJsonArray& facts)
    {
        QStringList told;
        for (const auto& fact : facts) {
            QVERIFY2(fact[u"value"].isNull() != fact[u"needs"].isNull(), qPrintable(fact[u"key"].toString()));
            if (!fact[u"value"].isNull())
                told << fact[u"key"].toString();
        }
        for (const char* key : { "kernel", "virtualization", "vm_machine", "load_average", "qemu", "libvirt", "hull" })
            QVERIFY2(told.contains(QLatin1String(key)), key);
    }

    /// Both sides' files were there, and whether any stayed in the page cache is what the sentence says.
    static void wereCold(const QJsonObject& report)
    {
        double left = 0;
        for (const QStringView side : { u"container", u"vm" }) {
            const auto files = report[u"cold_caches"][side];
            QVERIFY2(files[u"bytes"].toDouble() > 500'000, qPrintable(side.toString())); // busybox alone is more
            left += files[u"left_bytes"].toDouble() + files[u"unopened_files"].toDouble();
        }
        const QString caches = report[u"caches"].toString();
        QVERIFY2(caches.startsWith(left > 0 ? u"not wholly cold: " : u"cold: "), qPrintable(caches));
    }

    /// The medians are those of the runs; what is null has its reason.
    static void showsFigures(const QJsonObject& half)
    {
        const auto runs = half[u"runs"].toArray();
        QCOMPARE(runs.size(), 2);
        for (const QStringView key : kFigures) {
            const auto median = half[key];
            if (median.isNull()) {
                QVERIFY2(!half[u"missing"][key].toString().isEmpty(), qPrintable(key.toString()));
                continue;
            }
            QVERIFY2(median.toDouble() > 0, qPrintable(key.toString()));
            QCOMPARE(median.toDouble(), (runs[0][key].toDouble() + runs[1][key].toDouble()) / 2);
        }
        QVERIFY(half[u"startup_ms"].isDouble() && half[u"cpu_seconds"].isDouble() && half[u"disk_bytes"].isDouble());
        QVERIFY(!runs[0][u"marks"].toArray().isEmpty());
    }

    static QStringList states()
    {
        QStringList states;
        for (const auto& workload : ctl({ "list", "--json" }).json().array())
            states << workload[u"state"].toString();
        return states;
    }

    /// Neither workloads nor their files nor processes; what images made once stays.
    void leavesNothingBehind() const
    {
        QVERIFY(states().isEmpty());
        const auto& folders = m_world.folders();
        for (const auto& path : { folders.vms(), folders.containers() })
            QVERIFY2(QDir(QString::fromStdString(path)).isEmpty(), path.c_str());
        for (const char* program : { "qemu", "hull", "slirp4netns", "pasta", "image-worker" })
            QVERIFY2(test::processesNaming(m_world.path() + QStringLiteral("/home"), program).empty(), program);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
};

QTEST_GUILESS_MAIN(TwinRunTest)
#include "twin_run_test.moc"
