// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/container_making.h"
#include "core/runtime/process/exec_session.h"
#include "core/runtime/process/live_mounts.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/state/container.h"
#include "tests/support/call_trial.h"
#include "tests/support/child_report.h"
#include "tests/support/hull_bundle.h"
#include "tests/support/raw_rights.h"

#include <QTest>

#include <cstring>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

namespace {

using Way = CallFault::Way;
using Killed = CallTrial::Killed;

const std::string kPlace = "/tmp/place";

void ignore(const char*) { }

enum class Verb { Exec, Add, Remove };

} // namespace

Q_DECLARE_METATYPE(Verb)

/// Every call of `exec` and of `mounts` fails once, and whoever makes it or hull itself ends at it: the container runs
/// on as it was, with its mounts and its processes, and nothing of hull is left.
class FailingSessionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Verb>("verb");
        QTest::addColumn<bool>("hasUsers");
        for (const bool hasUsers : { false, true }) {
            const QString kind = hasUsers ? QStringLiteral(" in a user namespace") : QString();
            QTest::newRow(qPrintable(QStringLiteral("exec") + kind)) << Verb::Exec << hasUsers;
            QTest::newRow(qPrintable(QStringLiteral("mounts add") + kind)) << Verb::Add << hasUsers;
            QTest::newRow(qPrintable(QStringLiteral("mounts remove") + kind)) << Verb::Remove << hasUsers;
        }
    }
    void initTestCase()
    {
        TH_NEEDS_ROOT;
        QVERIFY(m_host.enter("/bin/true"));
        HullBundle::makeRoot(kPlace + "/rootfs");
        QVERIFY(makeFolders(kPlace + "/data", 0755));
    }
    void init()
    {
        QFETCH_GLOBAL(Verb, verb);
        QFETCH_GLOBAL(bool, hasUsers);
        m_verb = verb;
        startContainer(hasUsers);
        restore();
        QCOMPARE(m_trial.run({}), std::string("done"));
        m_count = m_trial.calls().count();
        for (int number = 0; number <= m_count; ++number)
            m_names.push_back(m_trial.calls().nameOf(number));
        restore();
        m_host.remember(m_record.pid);
        m_mounts = mountsInside();
    }
    void cleanup()
    {
        if (m_record.pid <= 0)
            return;
        QCOMPARE(inChild([&] {
            auto folder = StateStore(kPlace + "/state").open(m_record.id);
            return told(folder ? deleteContainer(*folder, Force::Yes, ignore) : std::move(folder).error());
        }),
            std::string("done"));
        m_names.clear();
    }

    void saysWhatFailedAndChangesNothing()
    {
        for (int number = 1; number <= m_count; ++number) {
            for (const int error : { EPERM, ENOMEM, EINTR }) {
                const std::string report = m_trial.run({ number, Way::Fails, error });
                const auto what = describe(number, report);
                QVERIFY2(report == "done" || report.find(::strerrordesc_np(error)) != std::string::npos, what);
                QVERIFY2(report.find('\n') == std::string::npos, what);
                if (report == "done") // there was another way
                    restore();
                QVERIFY(isAsBefore(what));
            }
        }
    }

    void endsWhenItsProcessIsKilled()
    {
        for (int number = 1; number <= m_count; ++number) {
            for (const Way way : { Way::StandsBefore, Way::StandsAfter }) {
                const std::string report = m_trial.run({ number, way, 0 }, Killed::Caller);
                const auto what = describe(number, report);
                QVERIFY2(report == "killed" || report.find("ended while it was made") != std::string::npos, what);
                restore(); // what was mounted before the end is there: all or none holds for failures
                QVERIFY(isAsBefore(what));
            }
        }
    }

    void leavesNothingWhenHullIsKilled()
    {
        for (int number = 1; number <= m_count; ++number) {
            for (const Way way : { Way::StandsBefore, Way::StandsAfter }) {
                const auto what = describe(number, m_trial.run({ number, way, 0 }, Killed::Maker));
                restore();
                QVERIFY(isAsBefore(what));
            }
        }
    }

private:
    void startContainer(bool hasUsers)
    {
        m_spec = oci::defaultRuntimeSpec();
        m_spec.process->args = { "/bin/sleep", "1000" };
        if (hasUsers) {
            m_spec.linux_.namespaces.push_back({ oci::NamespaceKind::User, {} });
            m_spec.linux_.uidMappings = m_spec.linux_.gidMappings = { { 0, 0, 65536 } };
        }
        QVERIFY(writeFileAtomically(kPlace + "/config.json", encodeRuntimeSpec(m_spec), 0644));
        const std::string report = inChild([&] {
            MakeRequest request;
            request.id = m_host.marker();
            request.bundle = kPlace;
            request.stateRoot = kPlace + "/state";
            request.mode = StartMode::RunDetached;
            request.onWarning = ignore;
            auto made = makeContainer(kernelSyscalls(), request);
            auto executed = made ? proceed(*made, request.mode) : std::move(made).error();
            return executed ? encodeRecord(made->record) : executed.error().message;
        });
        auto record = oci::decodeRecord(report, "record");
        QVERIFY2(record, report.c_str());
        m_record = *std::move(record);
    }

    std::string work(FailingSyscalls& calls) const
    {
        const auto before = openDescriptors();
        const std::string text = m_verb == Verb::Exec ? exec(calls)
            : m_verb == Verb::Add                     ? told(addMounts(calls, live(), ignore))
                                                      : told(removeMounts(calls, live()));
        return openDescriptors() == before ? text : text + ", and a descriptor is left open";
    }

    std::string exec(FailingSyscalls& calls) const
    {
        Entrypoint entrypoint{ *m_spec.process, {}, 0, false, {}, {} };
        entrypoint.process.args = { "/bin/true" };
        auto session = launchExec(calls, { m_spec, m_record, std::move(entrypoint) }, ignore);
        if (!session)
            return session.error().message;
        (void)session->sync.send(SyncMessage::of(SyncKind::Proceed)); // awaitExec() fails without
        auto executed = awaitExec(session->sync, {});
        siginfo_t info{};
        (void)::waitid(P_PIDFD, static_cast<id_t>(session->pidfd.fd()), &info, WEXITED);
        return executed ? "done" : executed.error().message;
    }

    LiveMounts live() const { return { m_spec, m_record, m_list }; }

    /// The mounts as they are before each attempt: none of ours for `add`, all for `remove`.
    void restore()
    {
        if (m_verb == Verb::Exec)
            return;
        (void)inChild([&] { // nothing to remove: that is told, and good
            for (const auto& mount : m_list)
                (void)removeMounts(kernelSyscalls(), { m_spec, m_record, { mount } });
            return m_verb == Verb::Remove ? told(addMounts(kernelSyscalls(), live(), ignore)) : "done";
        });
    }

    /// Without the numbers, which a new mount gets anew.
    QStringList mountsInside() const
    {
        QStringList mounts;
        auto text = readFile("/proc/" + std::to_string(m_record.pid) + "/mountinfo");
        for (const QString& line : QString::fromStdString(text ? *text : std::string()).split(QLatin1Char('\n')))
            mounts += line.section(QLatin1Char(' '), 3);
        return mounts;
    }

    bool isAsBefore(const char* what) const
    {
        QStringList left;
        (void)QTest::qWaitFor([&] { return (left = m_host.leftovers()).isEmpty(); }, 20'000);
        if (m_record.pidStartTicks != startTicksOf(m_record.pid))
            left += QStringLiteral("the container has ended");
        if (mountsInside() != m_mounts)
            left += QStringLiteral("other mounts:\n") + mountsInside().join(QLatin1Char('\n'));
        if (!left.isEmpty())
            qWarning("%s:\n%s", what, qPrintable(left.join(QLatin1Char('\n'))));
        return left.isEmpty();
    }

    QByteArray describe(int number, const std::string& report) const
    {
        return QByteArray::fromStdString(
            "call " + std::to_string(number) + ", " + m_names[static_cast<std::size_t>(number)] + ": " + report);
    }

    PrivateHost m_host;
    oci::RuntimeSpec m_spec;
    oci::ContainerRecord m_record;
    std::vector<oci::Mount> m_list{ { "/tmp/data", "bind", kPlace + "/data", { "rbind", "ro" } },
        { "/tmp/scratch", "tmpfs", "tmpfs", { "size=65536" } } };
    Verb m_verb = Verb::Exec;
    CallTrial m_trial{ [this](FailingSyscalls& calls) { return work(calls); } };
    std::vector<std::string> m_names;
    QStringList m_mounts;
    int m_count = 0;
};

QTEST_GUILESS_MAIN(FailingSessionsTest)
#include "failing_sessions_test.moc"
