// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/copy_checks.h"
#include "tests/support/ctl.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/pty_program.h"
#include "tests/support/temporary_world.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <poll.h>
#include <sys/wait.h>

#include <array>
#include <csignal>

using namespace twinhull;
using test::ctl;
using test::CtlOutput;
using test::PtyProgram;

namespace {

constexpr const char* kProgram = TH_BIN_DIR "/twinhullctl";

} // namespace

/// twinhullctl exec into a VM made from an image: a real emulated guest, which all tests share.
class VmExecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto ready = test::prepareGuests(
            { { "images", "starter" }, { "create", "--vm", "--name", "web", "starter" }, { "start", "web" } });
        QVERIFY2(ready, ready ? "" : ready.error().message.c_str());
    }
    void cleanupTestCase()
    {
        const auto removed = ctl({ "remove", "web" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
    }

    void tellsOutputsAndStatusApart()
    {
        const auto run = inside({ "sh", "-c", "echo out; echo err >&2; exit 7" });
        QCOMPARE(run.exitCode, 7);
        QCOMPARE(run.out, QByteArray("out\n"));
        QCOMPARE(run.err, QByteArray("err\n"));
    }

    void runsBesideTheEntrypointInItsSystem()
    {
        const auto run = inside({ "sh", "-c", "cat /proc/1/comm; cat /proc/self/cgroup; hostname; echo $PATH" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QVERIFY2(run.out.startsWith("init\n") || run.out.startsWith("guest-init\n"), run.out);
        QVERIFY2(run.out.contains("\nweb\n"), run.out);
    }

    void passesInputAndABinaryMebibyteThrough()
    {
        const std::string path = m_world.path(QStringLiteral("sent")).toStdString();
        QByteArray bytes(1 << 20, '\0');
        for (qsizetype i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<char>((i * 2654435761LL) >> 13);
        QVERIFY(writeFileAtomically(path, bytes.toStdString()));
        const std::string back = m_world.path(QStringLiteral("back")).toStdString();
        auto input = openPath(path, O_RDONLY);
        auto output = openPath(back, O_WRONLY | O_CREAT | O_TRUNC);
        QVERIFY(input && output);
        auto child = spawn({ { kProgram, "exec", "web", "cat" }, {}, {} }, { input->fd(), output->fd(), -1, -1 });
        QVERIFY(child);
        QCOMPARE(exitOf(*child), 0);
        const auto text = readFile(back);
        QVERIFY(text);
        QVERIFY(*text == bytes.toStdString());
    }

    void carriesATreeInAndOut() { test::carriesATree("web", local("tree")); }
    void carriesBytesAsTheyAre() { test::carriesBytes("web", local("bytes"), std::size_t(3) << 20U); }
    void staysInsideWhateverLinksSay() { test::staysInside("web", local("links")); }
    void carriesTarStreams() { test::carriesTar("web", local("tar")); }
    void saysWhatIsMissing() { test::saysWhatIsMissing("web", local("missing")); }

    void runsACommandAsAnyUser()
    {
        QCOMPARE(ctl({ "exec", "-u", "12:34", "web", "id", "-u" }).out, QByteArray("12\n"));
        QCOMPARE(ctl({ "exec", "-u", "root", "web", "id", "-u" }).out, QByteArray("0\n"));
    }

    void givesATerminal()
    {
        PtyProgram person({ kProgram, "exec", "-t", "web", "sh" }, 101, 31);
        person.type("stty size\n");
        QVERIFY2(person.shows("31 101", std::chrono::seconds(60)), person.screen().constData());
        person.resize(133, 44);
        person.type("while [ \"$(stty size)\" != '44 133' ]; do :; done; echo wi''de\n");
        QVERIFY2(person.shows("wide", std::chrono::seconds(60)), person.screen().constData());
        person.type("sleep 100\n");
        QTRY_COMPARE_WITH_TIMEOUT(inside({ "pidof", "sleep" }).exitCode, 0, 60'000); // else the shell would be hit
        person.type("\x03");
        person.type("exit 3\n");
        const int status = person.end(std::chrono::seconds(60));
        QVERIFY2(status == 3, person.screen().constData());
    }

    void runsSeveralAtOnceAndSaysWhenFull()
    {
        std::vector<std::unique_ptr<PtyProgram>> people;
        for (int i = 0; i < 4; ++i) {
            people.push_back(
                std::make_unique<PtyProgram>(std::vector<std::string>{ kProgram, "exec", "-t", "web", "sh" }, 80, 24));
            people.back()->type("echo he''re\n");
            QVERIFY2(people.back()->shows("here", std::chrono::seconds(60)), people.back()->screen().constData());
        }
        const auto fifth = inside({ "true" });
        QCOMPARE(fifth.exitCode, 4);
        QVERIFY2(fifth.err.contains("4 commands run in the VM already"), fifth.err);
        people.pop_back();
        QTRY_COMPARE_WITH_TIMEOUT(inside({ "true" }).exitCode, 0, 60'000);
    }

    void endsTheCommandOfAClientThatIsKilled()
    {
        auto child = spawn({ { kProgram, "exec", "web", "sh", "-c", "echo $$ > /tmp/pid; exec sleep 1000" }, {}, {} },
            { -1, -1, -1, -1 });
        QVERIFY(child);
        QTRY_VERIFY_WITH_TIMEOUT(inside({ "test", "-s", "/tmp/pid" }).exitCode == 0, 60'000);
        QCOMPARE(::kill(child->pid, SIGKILL), 0);
        QCOMPARE(exitOf(*child), 128 + SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(inside({ "sh", "-c", "! kill -0 $(cat /tmp/pid) 2>/dev/null" }).exitCode == 0, 60'000);
    }

    void endsByInterruption()
    {
        auto child = spawn({ { kProgram, "exec", "web", "sh", "-c", "touch /tmp/begun; exec sleep 1000" }, {}, {} },
            { -1, -1, -1, -1 });
        QVERIFY(child);
        QTRY_VERIFY_WITH_TIMEOUT(inside({ "test", "-e", "/tmp/begun" }).exitCode == 0, 60'000);
        QCOMPARE(::kill(child->pid, SIGINT), 0);
        QCOMPARE(exitOf(*child), 6);
    }

    void doesNotWaitForAPausedVm()
    {
        QCOMPARE(ctl({ "pause", "web" }).exitCode, 0);
        const auto run = inside({ "true" });
        QCOMPARE(ctl({ "resume", "web" }).exitCode, 0);
        QCOMPARE(run.exitCode, 4);
        QVERIFY2(run.err.contains("it is paused") && run.err.contains("twinhullctl resume web"), run.err);
    }

    void tellsIsolationFromBothSides()
    {
        for (const auto& words :
            { std::vector<std::string>{ "create", "--name", "box", "starter" }, { "start", "box" } }) {
            const auto done = ctl(words);
            QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
        }
        const auto told = ctl({ "isolation", "box", "web", "--json" });
        const auto text = ctl({ "isolation", "box", "web" });
        QCOMPARE(ctl({ "remove", "box" }).exitCode, 0);
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        const auto all = QJsonDocument::fromJson(told.out).array();
        QCOMPARE(all.size(), 2);
        const auto box = all[0].toObject();
        const auto web = all[1].toObject();
        QCOMPARE(box[u"inside"][u"bootId"], box[u"outside"][u"bootId"]);
        const int processes = box[u"inside"][u"visibleProcesses"].toInt();
        QVERIFY2(processes >= 2 && processes < 10, told.out); // the entrypoint's and the one that looks
        QVERIFY(box[u"inside"][u"seccomp"].toInt() == 2 && box[u"inside"][u"noNewPrivileges"].toBool());
        QVERIFY(web[u"inside"][u"bootId"] != web[u"outside"][u"bootId"]);
        QVERIFY(web[u"inside"][u"kernelRelease"] != web[u"outside"][u"kernelRelease"]);
        QVERIFY2(web[u"inside"][u"devices"].toArray().contains(QStringLiteral("/dev/vda")), told.out);
        QVERIFY2(text.exitCode == 0 && text.out.contains("To break out"), qPrintable(text.text()));
    }

    void saysWhatCannotRun()
    {
        const auto run = inside({ "no-such-program" });
        QCOMPARE(run.exitCode, 255);
        QCOMPARE(run.errorLines().size(), 1);
        QVERIFY2(run.err.contains("in the guest: the image has no program \"no-such-program\""), run.err);
        const auto nobody = ctl({ "exec", "nobody", "true" });
        QCOMPARE(nobody.exitCode, 3);
    }

private:
    static CtlOutput inside(const std::vector<std::string>& command)
    {
        std::vector<std::string> words{ "exec", "web" };
        words.insert(words.end(), command.begin(), command.end());
        return ctl(words);
    }

    std::string local(const char* name) const { return m_world.path(QString::fromLatin1(name)).toStdString(); }

    static int exitOf(const Child& child)
    {
        pollfd ended{ child.pidfd.fd(), POLLIN, 0 };
        int status = 0;
        if (::poll(&ended, 1, 120'000) != 1 || ::waitpid(child.pid, &status, 0) != child.pid)
            return -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
};

QTEST_GUILESS_MAIN(VmExecTest)
#include "vm_exec_test.moc"
