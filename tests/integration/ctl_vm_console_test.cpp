// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/images/image_store.h"
#include "core/vms/vm_provider.h"
#include "tests/support/ctl.h"
#include "tests/support/echoing_guest.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/pty_program.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

using namespace twinhull;
using test::ctl;
using test::PtyProgram;

namespace {

constexpr const char* kConsoleProgram = TH_BIN_DIR "/twinhullctl";

/// What a session told.
struct Heard {
    explicit Heard(std::unique_ptr<ConsoleSession> asked) : session(std::move(asked))
    {
        QObject::connect(session.get(), &ConsoleSession::opened, session.get(), [this] { isOpen = true; });
        QObject::connect(session.get(), &ConsoleSession::received, session.get(),
            [this](const QByteArray& bytes) { text += bytes; });
        QObject::connect(session.get(), &ConsoleSession::ended, session.get(), [this](const Error& why) { end = why; });
    }

    std::unique_ptr<ConsoleSession> session;
    bool isOpen = false;
    QByteArray text;
    std::optional<Error> end;
};

} // namespace

/// The serial port of a real guest that says again what it reads.
class CtlVmConsoleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const std::string disk = m_world.path(QStringLiteral("echo.raw")).toStdString();
        QVERIFY(test::writeEchoingDisk(disk));
        does({ "vm", "import", "--name", "x", "--disk", disk, "--memory", "64M", "--network", "none" });
        m_provider = std::make_unique<VmProvider>(m_world.folders(), m_images,
            VmOptions{ QStringLiteral("qemu:///session"), AccelerationChoice::Tcg, std::chrono::seconds(2) });
        QTRY_VERIFY_WITH_TIMEOUT(m_provider->isSettled() && !m_provider->workloads().empty(), 60'000);
        m_vm = m_provider->workloads().front();
    }
    void init()
    {
        if (state() == WorkloadState::Running)
            return;
        does({ "start", "x", "--kind", "vm" });
        QTRY_COMPARE_WITH_TIMEOUT(state(), WorkloadState::Running, 20'000);
        const std::string log = m_provider->workloads().front().logPath.toStdString();
        const auto isReady = [&log] {
            const auto said = readFile(log);
            return said && said->find("ready") != std::string::npos;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isReady(), 60'000); // what is typed before is lost to the firmware
    }
    void cleanupTestCase()
    {
        m_provider.reset();
        ctl({ "remove", "x", "--kind", "vm" });
    }

    void talksInATerminalAndIsLeftByItsKey()
    {
        PtyProgram person({ kConsoleProgram, "vm", "console", "x" }, 80, 24);
        QVERIFY2(person.shows("Connected"), person.screen().constData());
        person.type("hello\x03there");
        QVERIFY2(person.shows("hello\x03there"), person.screen().constData()); // Ctrl+C is the guest's
        person.type("\x1d");
        QCOMPARE(person.end(), 0);
        QVERIFY2(person.screen().contains("it runs on"), person.screen().constData());
        QCOMPARE(listed()[0][u"device"].toString(), QStringLiteral("serial0"));
    }

    void saysThatAnotherHasItAndTakesItOver()
    {
        PtyProgram first({ kConsoleProgram, "vm", "console", "x" }, 80, 24);
        QVERIFY2(first.shows("Connected"), first.screen().constData());
        const auto refused = ctl({ "vm", "console", "x" });
        QCOMPARE(refused.exitCode, 4);
        QVERIFY2(refused.err.contains("another has it open") && refused.err.contains("--force"), refused.err);
        PtyProgram second({ kConsoleProgram, "vm", "console", "x", "--force" }, 80, 24);
        QVERIFY2(second.shows("Connected"), second.screen().constData());
        QCOMPARE(first.end(), 4);
        QVERIFY2(first.screen().contains("another has it open"), first.screen().constData());
        second.type("mine");
        QVERIFY2(second.shows("mine"), second.screen().constData());
    }

    void passesInputThatIsNoTerminal()
    {
        PtyProgram piped(
            { "/bin/sh", "-c", std::string("printf 'abc%s' de | ") + kConsoleProgram + " vm console x" }, 80, 24);
        QVERIFY2(piped.shows("abcde"), piped.screen().constData());
        stop();
        QCOMPARE(piped.end(), 0); // at the end of the input it went on
        QVERIFY2(piped.screen().contains("x has stopped"), piped.screen().constData());
    }

    void losesNothingToWhoIsSlow()
    {
        Heard heard(open());
        QTRY_VERIFY_WITH_TIMEOUT(heard.isOpen, 20'000);
        QVERIFY(heard.session->write("~"));
        QThread::msleep(1500); // more than is kept comes meanwhile, and waits
        QTRY_VERIFY_WITH_TIMEOUT(heard.text.endsWith('.'), 60'000);
        QCOMPARE(heard.text.count('z'), qsizetype(test::kEchoingFloodBytes));
    }

    void takesNoMoreThanTheGuestReadsAndHangsNothing()
    {
        Heard heard(open());
        QTRY_VERIFY_WITH_TIMEOUT(heard.isOpen, 20'000);
        QVERIFY(heard.session->write("!"));
        const QByteArray much(ConsoleSession::kMostWaitingBytes, 'x');
        QTRY_VERIFY_WITH_TIMEOUT(!heard.session->write(much), 20'000); // some went on its way
        QVERIFY(!heard.end);
        heard.session.reset();
        QVERIFY(test::runJob(*m_provider->pause(m_vm.id))); // the other calls go on
        Heard again(open(ConsoleTakeover::Yes));
        QTRY_VERIFY_WITH_TIMEOUT(again.isOpen, 20'000);
        stop();
    }

    void tellsWhyItEnded()
    {
        Heard heard(open());
        QTRY_VERIFY_WITH_TIMEOUT(heard.isOpen, 20'000);
        stop();
        QTRY_VERIFY_WITH_TIMEOUT(heard.end, 20'000);
        QCOMPARE(heard.end->code, ErrorCode::Unavailable);
        Heard refused(open());
        QTRY_VERIFY_WITH_TIMEOUT(refused.end, 20'000);
        QVERIFY(!refused.isOpen);
        QVERIFY2(refused.end->message.find("it does not run") != std::string::npos, refused.end->message.c_str());
    }

    void outlivesNeitherItsDaemonNorItsOwner()
    {
        Heard heard(open());
        QTRY_VERIFY_WITH_TIMEOUT(heard.isOpen, 20'000);
        m_session.kill(m_session.libvirtd());
        QTRY_VERIFY_WITH_TIMEOUT(heard.end, 30'000);
        QCOMPARE(heard.end->code, ErrorCode::Unavailable);
        QVERIFY(!heard.end->hint.empty());
        QTRY_VERIFY_WITH_TIMEOUT(m_provider->availability(), 60'000);
    }

    void saysWhatThereIsNot()
    {
        const auto other = ctl({ "vm", "console", "x", "--device", "serial7" });
        QCOMPARE(other.exitCode, 3);
        QVERIFY2(other.err.contains("no console serial7") && other.err.contains("--list"), other.err);
        QCOMPARE(ctl({ "vm", "console", "nobody" }).exitCode, 3);
    }

private:
    WorkloadState state() const { return m_provider->workloads().front().state; }
    void stop()
    {
        QVERIFY(test::runJob(*m_provider->stop(m_vm.id, StopMode::Force)));
        QTRY_COMPARE_WITH_TIMEOUT(state(), WorkloadState::Stopped, 20'000);
    }
    void does(const std::vector<std::string>& words)
    {
        const auto done = ctl(words);
        QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
    }
    static QJsonArray listed() { return ctl({ "vm", "console", "x", "--list", "--json" }).json().array(); }
    std::unique_ptr<ConsoleSession> open(ConsoleTakeover takeover = ConsoleTakeover::No)
    {
        return m_provider->consoles().open(m_vm, QStringLiteral("serial0"), takeover);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    ImageStore m_images{ m_world.folders() };
    std::unique_ptr<VmProvider> m_provider;
    WorkloadInfo m_vm;
};

QTEST_GUILESS_MAIN(CtlVmConsoleTest)
#include "ctl_vm_console_test.moc"
