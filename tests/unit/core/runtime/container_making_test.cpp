// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/container_making.h"

#include "core/base/files.h"
#include "core/runtime/process/exec_session.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/state/container.h"
#include "tests/support/child_report.h"
#include "tests/support/hull_bundle.h"
#include "tests/support/recording_syscalls.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// From a bundle to a process that stands before its entrypoint, and what is left when that fails on the way: nothing.
class ContainerMakingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        TH_NEEDS_ROOT;
        m_place = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/thXXXXXX"));
        HullBundle::makeRoot(path("bundle/rootfs"));
    }
    void init()
    {
        m_spec = oci::defaultRuntimeSpec();
        m_spec.process->args = { "/bin/sh", "-c", "exit 3" };
        m_pidFile = path("pid"); // written before the program runs: the process waits for that
    }
    /// Whatever a function did: no state, no process that names the bundle.
    void cleanup()
    {
        const QDir states(QString::fromStdString(path("state")));
        QCOMPARE(states.entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList());
        QVERIFY(readFile("/proc/self/mounts")->find(path("bundle")) == std::string::npos);
    }

    void standsBeforeItsProgramAndRunsIt()
    {
        QCOMPARE(made([](MadeContainer& container) {
            const auto status = statusOf(container.folder, container.record);
            const bool isTold
                = container.process.namespacesAt > 0 && container.process.mountsAt >= container.process.namespacesAt;
            auto executed = proceed(container, StartMode::RunDetached);
            siginfo_t info{};
            (void)::waitid(P_PIDFD, static_cast<id_t>(container.process.pidfd.fd()), &info, WEXITED | WNOWAIT);
            return std::string(nameOf(status)) + (isTold ? " timed " : " untimed ")
                + (executed && *executed > container.process.mountsAt ? "executed " : "failed ")
                + std::to_string(info.si_status);
        }),
            std::string("running timed executed 3"));
    }

    void tellsWhyTheProgramDoesNotRun()
    {
        m_spec.process->args = { "/bin/missing" };
        QCOMPARE(made([](MadeContainer& container) {
            auto executed = proceed(container, StartMode::RunDetached);
            return executed ? std::string("executed") : executed.error().message;
        }),
            std::string("start /bin/missing: No such file or directory"));
    }

    void goesOnUntoldWhereNothingComesBetween()
    {
        m_pidFile.clear();
        QCOMPARE(made([](MadeContainer& container) {
            siginfo_t info{};
            (void)::waitid(P_PIDFD, static_cast<id_t>(container.process.pidfd.fd()), &info, WEXITED | WNOWAIT);
            auto executed = proceed(container, StartMode::RunDetached); // reads what was said meanwhile
            return (executed ? "executed " : "failed ") + std::to_string(info.si_status);
        }),
            std::string("executed 3"));
    }

    void writesThePidOfTheProcess()
    {
        const std::string report = made([&](MadeContainer& container) {
            auto text = readFile(m_pidFile);
            return text && *text == std::to_string(container.process.pid)
                    && container.record.pid == container.process.pid
                ? std::string("same")
                : std::string("another");
        });
        QCOMPARE(report, std::string("same"));
        QVERIFY(!exists(path("pid.partial")));
    }

    void leavesNothingWhenAStepFails_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* step, const char* message) {
            QTest::newRow(step) << QString::fromLatin1(step) << QString::fromLatin1(message);
        };
        row("no process", "process: missing");
        row("no root", "root file system");
        row("no mount namespace", "a new mount namespace is required");
        row("a wrong filter", "config.json: linux.seccomp.defaultAction: expected SCMP_ACT_KILL");
        row("a mount that fails", "mount /data: source /no/such/folder");
        row("a sysctl of the computer", "would change the whole computer");
        row("a hook that fails", "createRuntime hook /bin/false: it ended with status 1");
        row("a hook inside that fails", "createContainer hook /bin/false: it ended with status 1");
        row("a pid file nowhere", "--pid-file /no/such/folder/pid");
        row("a terminal for nobody", "nobody is there to take it");
        row("a console socket nowhere", "--console-socket /no/such/socket");
    }
    void leavesNothingWhenAStepFails()
    {
        QFETCH(QString, step);
        QFETCH(QString, message);
        prepare(step);
        const std::string report = made([](MadeContainer&) { return std::string("made"); });
        m_console.clear();
        QVERIFY2(QString::fromStdString(report).contains(message), report.c_str());
    }

    void leavesNothingWhereNoProcessCanBeMade()
    {
        write();
        RecordingSyscalls calls;
        auto result = makeContainer(calls, request());
        QVERIFY(!result);
        QCOMPARE(result.error().message, std::string("no processes here"));
    }

    void leavesTheContainerAloneThatHasTheId()
    {
        QCOMPARE(made([&](MadeContainer& container) {
            auto again = makeContainer(kernelSyscalls(), request());
            const auto status = statusOf(container.folder, container.record);
            return std::string(again ? "made" : nameOf(again.error().code)) + " " + std::string(nameOf(status));
        }),
            std::string("already-exists running"));
    }

    void writesPidFilesWhole()
    {
        QVERIFY(writePidFile({}, 1));
        QVERIFY(writePidFile(path("number"), 4711));
        QCOMPARE(*readFile(path("number")), std::string("4711"));
        QCOMPARE(::symlink(path("victim").c_str(), path("number.partial").c_str()), 0); // put there by somebody else
        QVERIFY(!writePidFile(path("number"), 4712));
        QVERIFY(!exists(path("victim")));
        QCOMPARE(*readFile(path("number")), std::string("4711"));
    }

    void entersOnlyWhatRuns()
    {
        oci::ContainerRecord record;
        record.id = "web";
        record.pid = ::getpid();
        record.pidStartTicks = startTicksOf(::getpid()) + 1; // of another process that had this pid
        auto entered = launchExec(kernelSyscalls(), { m_spec, record, {} }, ignore());
        QVERIFY(!entered);
        QCOMPARE(entered.error().code, ErrorCode::NotFound);
    }

    void entersNothingOutsideTheContainersCgroup()
    {
        oci::ContainerRecord record;
        record.id = "web";
        record.pid = ::getpid();
        record.pidStartTicks = startTicksOf(::getpid());
        record.cgroup = path("gone");
        auto entered = launchExec(kernelSyscalls(), { m_spec, record, {} }, ignore());
        QVERIFY(!entered);
        QVERIFY2(entered.error().message.find("cgroup") != std::string::npos, entered.error().message.c_str());
        QVERIFY(!entered.error().hint.empty());
    }

    void runsAnotherProgramInTheNamespacesOfTheFirst()
    {
        m_spec.process->args = { "/bin/sleep", "100" };
        QCOMPARE(made([&](MadeContainer& container) {
            if (auto executed = proceed(container, StartMode::RunDetached); !executed)
                return executed.error().message;
            Entrypoint entrypoint{ *m_spec.process, {}, 0, false, {}, {} };
            entrypoint.process.args = { "/bin/sh", "-c", "[ $(hostname) = hull ] && [ $$ != 1 ] && exit 9" };
            auto session = launchExec(kernelSyscalls(), { m_spec, container.record, std::move(entrypoint) }, ignore());
            if (!session)
                return session.error().message;
            (void)session->sync.send(SyncMessage::of(SyncKind::Proceed)); // awaitExec() fails without
            auto executed = awaitExec(session->sync, {});
            siginfo_t info{};
            (void)::waitid(P_PIDFD, static_cast<id_t>(session->pidfd.fd()), &info, WEXITED);
            return (executed ? "executed " : executed.error().message + " ") + std::to_string(info.si_status);
        }),
            std::string("executed 9"));
    }

private:
    /// Changes the bundle or the request so that the step of that name fails.
    void prepare(const QString& step)
    {
        auto& linux_ = m_spec.linux_;
        const std::vector<oci::Hook> failing{ { "/bin/false", {}, {}, {} } };
        const std::map<QString, std::function<void()>> changes{
            { QStringLiteral("no process"), [&] { m_spec.process.reset(); } },
            { QStringLiteral("no root"), [&] { m_spec.root.path = "nowhere"; } },
            { QStringLiteral("no mount namespace"),
                [&] {
                    linux_.namespaces = { { oci::NamespaceKind::Pid, {} }, { oci::NamespaceKind::Uts, {} } };
                } },
            { QStringLiteral("a wrong filter"),
                [&] {
                    linux_.seccomp = oci::Seccomp{ "SCMP_ACT_MAYBE", {}, {}, {}, {} };
                } },
            { QStringLiteral("a mount that fails"),
                [&] {
                    m_spec.mounts.push_back({ "/data", "bind", "/no/such/folder", {} });
                } },
            { QStringLiteral("a sysctl of the computer"), [&] { linux_.sysctl["kernel.core_pattern"] = "x"; } },
            { QStringLiteral("a hook that fails"), [&] { m_spec.hooks.createRuntime = failing; } },
            { QStringLiteral("a hook inside that fails"), [&] { m_spec.hooks.createContainer = failing; } },
            { QStringLiteral("a pid file nowhere"), [&] { m_pidFile = "/no/such/folder/pid"; } },
            { QStringLiteral("a terminal for nobody"), [&] { m_spec.process->terminal = true; } },
            { QStringLiteral("a console socket nowhere"),
                [&] {
                    m_spec.process->terminal = true;
                    m_console = "/no/such/socket";
                } },
        };
        changes.at(step)();
    }
    void write() const { QVERIFY(writeFileAtomically(path("bundle/config.json"), encodeRuntimeSpec(m_spec), 0644)); }
    static WarningSink ignore()
    {
        return [](const char*) {};
    }
    MakeRequest request() const
    {
        MakeRequest request;
        request.id = "making-" + std::to_string(::getpid());
        request.bundle = path("bundle");
        request.stateRoot = path("state");
        request.filterCache = path("filters");
        request.pidFile = m_pidFile;
        request.consoleSocket = m_console;
        request.mode = StartMode::RunDetached;
        request.onWarning = ignore();
        return request;
    }
    /// Makes the container in a child of one thread, as hull has, reports on it and takes it back.
    std::string made(const std::function<std::string(MadeContainer&)>& report) const
    {
        write();
        return inChild([&] {
            auto container = makeContainer(kernelSyscalls(), request());
            if (!container)
                return container.error().message;
            std::string text = report(*container);
            discard(*container, ignore());
            return text;
        });
    }
    std::string path(const char* below) const { return m_place->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_place;
    oci::RuntimeSpec m_spec;
    std::string m_pidFile;
    std::string m_console;
};

QTEST_GUILESS_MAIN(ContainerMakingTest)
#include "container_making_test.moc"
