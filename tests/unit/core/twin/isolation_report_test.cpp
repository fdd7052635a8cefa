// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/isolation_report.h"

#include <QJsonArray>
#include <QTest>

using namespace twinhull;

namespace {

WorkloadInfo workload(WorkloadKind kind)
{
    WorkloadInfo info;
    info.id = { kind, QStringLiteral("k") };
    info.name = QStringLiteral("web");
    return info;
}

IsolationView host()
{
    IsolationView view;
    view.kernelRelease = "6.1.0-1-amd64";
    view.bootId = "boot-of-host";
    view.namespaces = { { "user", 1 }, { "mnt", 2 }, { "pid", 3 } };
    view.userId = 1000;
    view.knownCapabilities = 41;
    return view;
}

/// A rootless container: user 0 inside is user 1000 here.
IsolationViews rootless()
{
    IsolationViews views;
    views.host = host();
    IsolationView view = host();
    view.namespaces = { { "user", 11 }, { "mnt", 12 }, { "pid", 3 } };
    view.capabilities = 0x3;
    view.seccomp = SeccompMode::Filter;
    view.seccompFilters = 1;
    view.hasNoNewPrivileges = true;
    view.mounts
        = { { "/", "overlay", false }, { "/proc/sys", "proc", true }, { "/proc/keys", "devtmpfs", false, true } };
    view.devices.emplace();
    views.outside = view;
    view.userId = 0;
    view.visibleProcesses = 2;
    view.devices = std::vector<std::string>{ "/dev/null", "/dev/zero" };
    views.inside = view;
    return views;
}

IsolationViews emulated()
{
    IsolationViews views;
    views.host = host();
    IsolationView qemu = host();
    qemu.devices = std::vector<std::string>{ "/dev/kvm" };
    views.outside = qemu;
    IsolationView guest = host();
    guest.bootId = "boot-of-guest";
    guest.kernelRelease = "6.12.1";
    guest.userId = 0;
    guest.capabilities = 0x1ffffffffff;
    guest.visibleProcesses = 60;
    guest.devices = std::vector<std::string>{ "/dev/vda" };
    views.inside = guest;
    return views;
}

IsolationRow row(const std::vector<IsolationRow>& rows, const char* key)
{
    for (const auto& each : rows) {
        if (each.key == QLatin1String(key))
            return each;
    }
    return {};
}

} // namespace

class IsolationReportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsARootlessContainer()
    {
        const auto rows = isolationReport(workload(WorkloadKind::Container), rootless());
        QCOMPARE(row(rows, "kernel").summary, QStringLiteral("shared, 6.1.0"));
        QCOMPARE(row(rows, "user").summary, QStringLiteral("0, here 1000"));
        QCOMPARE(row(rows, "namespaces").summary, QStringLiteral("2 of 3 its own"));
        QCOMPARE(row(rows, "namespaces").outside, QStringLiteral("its own: user, mnt"));
        QCOMPARE(row(rows, "capabilities").inside, QStringLiteral("CAP_CHOWN, CAP_DAC_OVERRIDE"));
        QCOMPARE(row(rows, "systemCalls").summary, QStringLiteral("filtered"));
        QCOMPARE(row(rows, "newPrivileges").summary, QStringLiteral("impossible"));
        QCOMPARE(row(rows, "devices").inside, QStringLiteral("/dev/null, /dev/zero"));
        QCOMPARE(row(rows, "processes").summary, QStringLiteral("2 visible"));
        QCOMPARE(row(rows, "processes").outside, QStringLiteral("sees the processes of this computer"));
        QCOMPARE(row(rows, "mounts").summary, QStringLiteral("3, 1 writable"));
        QVERIFY(
            row(rows, "breakout").outside.contains(QLatin1String("your own user with capabilities only over its own")));
        QCOMPARE(row(rows, "breakout").summary, QStringLiteral("one kernel fault"));
    }

    void tellsAVm()
    {
        const auto rows = isolationReport(workload(WorkloadKind::Vm), emulated());
        QCOMPARE(row(rows, "kernel").summary, QStringLiteral("its own, 6.12.1"));
        QCOMPARE(row(rows, "namespaces").summary, QStringLiteral("QEMU: 0 of 3 its own"));
        QCOMPARE(row(rows, "capabilities").summary, QStringLiteral("QEMU: 0 of 41"));
        QCOMPARE(row(rows, "systemCalls").summary, QStringLiteral("QEMU: all"));
        QCOMPARE(row(rows, "devices").outside, QStringLiteral("open: /dev/kvm"));
        QVERIFY(row(rows, "breakout")
                    .outside.contains(QLatin1String("your own user with no capability, all system calls")));
    }

    /// Root without a user namespace is what a person has to be warned of.
    void warnsOfRoot()
    {
        auto views = rootless();
        views.outside->userId = 0;
        views.outside->namespaces = views.host.namespaces;
        const auto rows = isolationReport(workload(WorkloadKind::Container), views);
        QCOMPARE(row(rows, "breakout").summary, QStringLiteral("one kernel fault; then root"));
        QVERIFY(
            row(rows, "breakout").outside.contains(QLatin1String("root of this computer with 2 of the capabilities")));
    }

    void isShortForAPerson()
    {
        auto views = emulated();
        views.inside->devices = std::vector<std::string>(40, "/dev/tty");
        const auto rows = isolationReport(workload(WorkloadKind::Vm), views);
        QVERIFY(row(rows, "devices").inside.endsWith(QLatin1String("/dev/tty and 24 more")));
        views.outside->userId = 0;
        views.outside->namespaces[0].inode = 99;
        const QString arrives = row(isolationReport(workload(WorkloadKind::Vm), views), "breakout").outside;
        QVERIFY2(arrives.contains(QLatin1String("without root's rights")), qPrintable(arrives));
    }

    void believesNoStrangerWhoseKernelItIs()
    {
        auto views = rootless();
        views.inside->bootId = "boot-of-its-own";
        views.inside->kernelRelease = "99.9";
        views.inside->devices.reset();
        const auto rows = isolationReport(workload(WorkloadKind::Container), views);
        QCOMPARE(row(rows, "kernel").summary, QStringLiteral("shared, 6.1.0"));
        QVERIFY(row(rows, "devices").summary.isEmpty()); // not told is not 0
        QCOMPARE(row(rows, "devices").inside, QStringLiteral("(it does not tell)"));
        auto guest = emulated();
        guest.inside->bootId = guest.host.bootId;
        QCOMPARE(row(isolationReport(workload(WorkloadKind::Vm), guest), "kernel").summary,
            QStringLiteral("its own, 6.12.1"));
    }

    void tellsWhyASideIsMissing()
    {
        IsolationViews views;
        views.host = host();
        views.inside = Error{ ErrorCode::Timeout, "no answer from inside in time", 0, {} };
        for (const auto kind : { WorkloadKind::Container, WorkloadKind::Vm }) {
            const auto rows = isolationReport(workload(kind), views);
            QCOMPARE(row(rows, "kernel").summary.startsWith(QLatin1String("shared")), kind == WorkloadKind::Container);
            QCOMPARE(row(rows, "user").inside, QStringLiteral("(no answer from inside in time)"));
            QCOMPARE(row(rows, "user").outside, QStringLiteral("(it does not run)"));
            QVERIFY(row(rows, "user").summary.isEmpty());
        }
    }

    void asksTheSameOfBothKinds()
    {
        const auto container = isolationReport(workload(WorkloadKind::Container), rootless());
        const auto vm = isolationReport(workload(WorkloadKind::Vm), emulated());
        QCOMPARE(container.size(), vm.size());
        for (std::size_t i = 0; i < vm.size(); ++i) {
            QCOMPARE(container[i].key, vm[i].key);
            QVERIFY2(!vm[i].inside.isEmpty() && !vm[i].outside.isEmpty() && !vm[i].explanation.isEmpty(),
                qPrintable(vm[i].key));
        }
    }

    void writesJson()
    {
        const auto json = isolationJson(workload(WorkloadKind::Vm), emulated());
        QCOMPARE(json[u"kind"].toString(), QStringLiteral("vm"));
        QCOMPARE(json[u"inside"][u"kernelRelease"].toString(), QStringLiteral("6.12.1"));
        QCOMPARE(json[u"rows"].toArray().size(), 11);
        for (const auto& row : json[u"rows"].toArray()) {
            QVERIFY2(!row[u"meaning"].toString().isEmpty() && !row[u"source"].toString().isEmpty(),
                qPrintable(row[u"key"].toString()));
        }
        const auto stopped = isolationJson(workload(WorkloadKind::Vm), IsolationViews{ host() });
        QCOMPARE(stopped[u"outside"][u"error"].toString(), QStringLiteral("it does not run"));
    }
};

QTEST_GUILESS_MAIN(IsolationReportTest)
#include "isolation_report_test.moc"
