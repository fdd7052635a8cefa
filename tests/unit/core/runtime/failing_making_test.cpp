// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/container_making.h"
#include "core/runtime/state/container.h"
#include "tests/support/call_trial.h"
#include "tests/support/child_report.h"
#include "tests/support/hull_bundle.h"
#include "tests/support/raw_rights.h"
#include "tests/support/sample.h"

#include <QTest>

#include <sys/stat.h>

#include <map>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

namespace {

using Way = CallFault::Way;
using Killed = CallTrial::Killed;

const std::string kPlace = "/tmp/place";

void ignore(const char*) { }

/// Calls that know no path: whoever makes them has to say what for.
bool needsContext(const std::string& call)
{
    return call == "changeMount" || call == "attachMount" || call == "cloneMount" || call == "mountFileSystem"
        || call == "makeFileSystem";
}

} // namespace

/// Every call that makes a container fails once, and its process or hull itself ends at it: what cannot be made is
/// said and gone, and what a killed hull left behind goes with the next command under the same id.
class FailingMakingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        TH_NEEDS_ROOT;
        QVERIFY(m_host.enter("/bin/true"));
        HullBundle::makeRoot(kPlace + "/rootfs");
        for (const char* name : { "/upper", "/work", "/data", "/names" })
            QVERIFY(makeFolders(kPlace + name, 0755));
        QVERIFY(writeFileAtomically(kPlace + "/file", "text", 0644));
        makeNamesToJoin();
        m_plans = {
            { "plain", [this] { changePlain(); } },
            { "layers", [this] { changeLayers(); } },
            { "a user namespace", [this] { changeUsers(); } },
            { "mapped mounts", [this] { changeMapped(); } },
            { "joined namespaces", [this] { changeJoined(); } },
            { "mounts and devices", [this] { changeMounts(); } },
            { "a terminal, no cgroup", [this] { changeTerminal(); } },
            { "a shared root", [this] { changeShared(); } },
        };
    }
    void init()
    {
        QFETCH_GLOBAL(QString, plan);
        m_spec = oci::defaultRuntimeSpec();
        m_spec.process->args = { "/bin/true" };
        m_request = MakeRequest();
        m_request.id = m_host.marker();
        m_request.bundle = kPlace;
        m_request.stateRoot = kPlace + "/state";
        m_request.filterCache = kPlace + "/filters";
        m_request.mode = StartMode::RunDetached;
        m_request.onWarning = ignore;
        m_plans.at(plan.toStdString())();
        QVERIFY(writeFileAtomically(kPlace + "/config.json", encodeRuntimeSpec(m_spec), 0644));
        QCOMPARE(m_trial.run({}), std::string("made")); // makes mount points in the image, and the cache of filters
        m_host.remember();
        QCOMPARE(m_trial.run({}), std::string("made"));
        m_count = m_trial.calls().count();
        QVERIFY(m_count > 10);
        nothingIsLeft(QStringLiteral("without a fault"));
    }

    void initTestCase_data()
    {
        QTest::addColumn<QString>("plan");
        for (const char* plan : { "plain", "layers", "a user namespace", "mapped mounts", "joined namespaces",
                 "mounts and devices", "a terminal, no cgroup", "a shared root" })
            QTest::newRow(plan) << QString::fromLatin1(plan);
    }

    void saysWhatFailedAndLeavesNothing_data()
    {
        QTest::addColumn<int>("error");
        for (const int error : { EPERM, ENOMEM }) // the first makes another way be tried
            QTest::newRow(::strerrorname_np(error)) << error;
    }
    void saysWhatFailedAndLeavesNothing()
    {
        QFETCH(int, error);
        int tried = 0;
        int refused = 0;
        forEachCall([&](int number, const std::string& call) {
            ++tried;
            const std::string report = m_trial.run({ number, Way::Fails, error });
            const auto what = describe(number, call, report);
            nothingIsLeft(what);
            if (report == "made") // there was another way
                return;
            ++refused;
            const auto place = report.find(call + ": " + ::strerrordesc_np(error));
            QVERIFY2(place != std::string::npos, qPrintable(what));
            QVERIFY2(place > 0 || !needsContext(call), qPrintable(what + QStringLiteral(": what for?")));
            QVERIFY2(report.find('\n') == std::string::npos, qPrintable(what));
        });
        QVERIFY2(refused >= tried / 4, qPrintable(QStringLiteral("%1 of %2").arg(refused).arg(tried)));
    }

    void endsWhenTheNewProcessIsKilled()
    {
        forEachCall([&](int number, const std::string& call) {
            for (const Way way : waysToStand(call)) {
                const std::string report = m_trial.run({ number, way, 0 }, Killed::Caller);
                const auto what = describe(number, call, report);
                if (report == "killed") // the call was hull's own
                    QVERIFY2(nextCommand(number) == "done", qPrintable(what));
                else
                    QVERIFY2(report.find("ended while it was made") != std::string::npos, qPrintable(what));
                nothingIsLeft(what);
            }
        });
    }

    void isClearedByTheNextCommandWhenHullIsKilled()
    {
        forEachCall([&](int number, const std::string& call) {
            for (const Way way : waysToStand(call)) {
                const std::string report = m_trial.run({ number, way, 0 }, Killed::Maker);
                const auto what = describe(number, call, report);
                QVERIFY2(report == "killed", qPrintable(what));
                const std::string next = nextCommand(number);
                QVERIFY2(next == "done", qPrintable(what + QStringLiteral(": ") + QString::fromStdString(next)));
                nothingIsLeft(what);
            }
        });
    }

private:
    void changePlain()
    {
        m_request.mode = StartMode::WaitForStart;
        m_spec.hostname = "fault";
        m_spec.domainname = "fault.example";
        m_spec.root.readonly = true;
        m_spec.linux_.maskedPaths = { "/proc/kcore", "/proc/acpi", "/tmp" };
        m_spec.linux_.readonlyPaths = { "/proc/sys", "/etc" };
    }
    void changeLayers()
    {
        m_spec.root.path = kPlace + "/merged";
        m_spec.annotations["org.twinhull.rootfs.lower"] = kPlace + "/rootfs";
        m_spec.annotations["org.twinhull.rootfs.upper"] = kPlace + "/upper";
        m_spec.annotations["org.twinhull.rootfs.work"] = kPlace + "/work";
    }
    void addUsers()
    {
        m_spec.linux_.namespaces.push_back({ oci::NamespaceKind::User, {} });
        m_spec.linux_.uidMappings = m_spec.linux_.gidMappings = { { 0, 0, 65536 } };
    }
    void changeUsers()
    {
        addUsers();
        m_request.mode = StartMode::WaitForStart;
        m_spec.linux_.maskedPaths = { "/proc/kcore" };
    }
    void changeMapped()
    {
        addUsers();
        m_spec.mounts.push_back({ "/tmp/one", "bind", kPlace + "/file", { "bind", "ro" } });
        m_spec.mounts.push_back({ "/tmp/mapped", "bind", kPlace + "/data", { "rbind", "ridmap" } });
    }
    void changeJoined()
    {
        for (auto& entry : m_spec.linux_.namespaces) {
            if (entry.kind == oci::NamespaceKind::Uts)
                entry.path = kPlace + "/names/uts";
            if (entry.kind == oci::NamespaceKind::Ipc)
                entry.path = kPlace + "/names/ipc";
        }
        m_spec.linux_.namespaces.push_back({ oci::NamespaceKind::Time, {} });
    }
    void changeMounts()
    {
        m_spec.process->capabilities->bounding.push_back("CAP_MKNOD");
        m_spec.linux_.devices.push_back({ "/dev/fault", 'c', 1, 3, 0666, 0, 0 });
        auto& mounts = m_spec.mounts;
        mounts.push_back({ "/etc", "tmpfs", "tmpfs", { "tmpcopyup", "size=65536", "nosuid" } });
        mounts.push_back({ "/tmp/data", "bind", kPlace + "/data", { "rbind", "ro", "nosuid" } });
        mounts.push_back({ "/tmp/file", "bind", kPlace + "/file", { "bind", "rro", "rslave" } });
        mounts.push_back({ "/tmp/again", "tmpfs", "tmpfs", {} });
        mounts.push_back({ "/tmp/again", "", "", { "remount", "ro" } });
    }
    void changeTerminal()
    {
        m_request.mode = StartMode::RunAttached;
        m_request.cgroups = CgroupUse::None;
        m_spec.process->terminal = true;
    }
    void changeShared()
    {
        m_spec.linux_.rootfsPropagation = "shared";
        m_spec.mounts.push_back({ "/tmp/data", "bind", kPlace + "/data", { "rbind", "shared" } });
    }

    /// Kept by mounts of their files, so that no process need hold them.
    static void makeNamesToJoin()
    {
        QCOMPARE(inChild([] {
            if (::unshare(CLONE_NEWUTS | CLONE_NEWIPC) != 0)
                return std::string("unshare");
            for (const std::string& name : { std::string("uts"), std::string("ipc") }) {
                const std::string file = kPlace + "/names/" + name;
                if (!writeFileAtomically(file, "", 0644)
                    || ::mount(("/proc/self/ns/" + name).c_str(), file.c_str(), nullptr, MS_BIND, nullptr) != 0)
                    return name;
            }
            return std::string("made");
        }),
            std::string("made"));
    }

    std::string make(FailingSyscalls& calls) const
    {
        const auto before = openDescriptors();
        std::string text = "made";
        {
            auto made = makeContainer(calls, m_request);
            if (made)
                discard(*made, ignore);
            else
                text = made.error().message;
        }
        return openDescriptors() == before ? text : text + ", and a descriptor is left open";
    }

    /// Whoever comes next, in turn: a container of the same id, or `delete --force`.
    std::string nextCommand(int number) const
    {
        return inChild([&]() -> std::string {
            if (number % 2 == 0) {
                auto made = makeContainer(kernelSyscalls(), m_request);
                if (!made && made.error().code == ErrorCode::AlreadyExists) // the record was written already
                    return removed();
                if (!made)
                    return made.error().message;
                discard(*made, ignore);
                return "done";
            }
            return removed();
        });
    }
    std::string removed() const
    {
        auto folder = StateStore(m_request.stateRoot).open(m_request.id);
        if (!folder)
            return folder.error().code == ErrorCode::NotFound ? "done" : folder.error().message;
        return told(deleteContainer(*folder, Force::Yes, ignore));
    }

    /// After a call is before the next one, but for a call that makes another process.
    static std::vector<Way> waysToStand(const std::string& call)
    {
        return call == "cloneProcess" ? std::vector<Way>{ Way::StandsBefore, Way::StandsAfter }
                                      : std::vector<Way>{ Way::StandsBefore };
    }

    void forEachCall(const std::function<void(int number, const std::string& call)>& attempt)
    {
        (void)m_trial.run({});
        std::vector<std::string> names{ {} };
        for (int number = 1; number <= m_count; ++number)
            names.push_back(m_trial.calls().nameOf(number));
        Sample sample(kIsSanitized ? 5 : 1); // every call takes five minutes with sanitizers
        for (int number = 1; number <= m_count && !QTest::currentTestFailed(); ++number) {
            if (sample.takesNext())
                attempt(number, names[static_cast<std::size_t>(number)]);
        }
    }

    static QString describe(int number, const std::string& call, const std::string& report)
    {
        return QStringLiteral("call %1, %2: %3")
            .arg(number)
            .arg(QString::fromStdString(call), QString::fromStdString(report));
    }

    void nothingIsLeft(const QString& when)
    {
        QStringList left;
        (void)QTest::qWaitFor([&] { return (left = m_host.leftovers()).isEmpty(); }, 20'000);
        QVERIFY2(left.isEmpty(), qPrintable(when + QStringLiteral(":\n") + left.join(QLatin1Char('\n'))));
    }

    PrivateHost m_host;
    std::map<std::string, std::function<void()>> m_plans;
    oci::RuntimeSpec m_spec;
    MakeRequest m_request;
    CallTrial m_trial{ [this](FailingSyscalls& calls) { return make(calls); } };
    int m_count = 0;
};

QTEST_GUILESS_MAIN(FailingMakingTest)
#include "failing_making_test.moc"
