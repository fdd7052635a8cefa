// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/start_room.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::uint64_t kGibibyte = std::uint64_t{ 1 } << 30U;

WorkloadInfo stopped(WorkloadKind kind, const QString& name, std::uint64_t memoryBytes)
{
    WorkloadInfo info;
    info.id = { kind, name };
    info.name = name;
    info.capabilities = Capability::Start;
    info.limits.memoryBytes = memoryBytes;
    return info;
}

} // namespace

class StartRoomTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsWhatIsAvailable()
    {
        const auto available = availableMemoryBytes();
        QVERIFY(available);
        QVERIFY(*available > kGibibyte / 16 && *available % 1024 == 0);
    }

    void warnsOfAVmThatIsTooLarge()
    {
        const auto vm = stopped(WorkloadKind::Vm, QStringLiteral("big"), 8 * kGibibyte);
        const QString warning = startWarning({ vm }, 3 * kGibibyte);
        QVERIFY2(warning.contains(QStringLiteral("big")) && warning.contains(QStringLiteral("8 GiB"))
                && warning.contains(QStringLiteral("3 GiB")),
            qPrintable(warning));
        QVERIFY(startWarning({ vm }, 8 * kGibibyte).isEmpty());
        QVERIFY(startWarning({ vm }, std::nullopt).isEmpty()); // nobody knows
    }

    void addsUpWhatIsStartedTogether()
    {
        const auto one = stopped(WorkloadKind::Vm, QStringLiteral("one"), 2 * kGibibyte);
        const auto other = stopped(WorkloadKind::Vm, QStringLiteral("other"), 2 * kGibibyte);
        QVERIFY(startWarning({ one }, 3 * kGibibyte).isEmpty());
        QVERIFY(startWarning({ one, other }, 3 * kGibibyte).contains(QStringLiteral("2 VMs")));
    }

    void leavesOutWhatTakesNothing()
    {
        const auto container = stopped(WorkloadKind::Container, QStringLiteral("web"), 8 * kGibibyte);
        auto running = stopped(WorkloadKind::Vm, QStringLiteral("on"), 8 * kGibibyte);
        running.capabilities = Capability::Stop;
        auto away = stopped(WorkloadKind::Vm, QStringLiteral("away"), 8 * kGibibyte);
        away.footprint.reach = HostFootprint::Reach::OnAnotherComputer;
        QVERIFY(startWarning({ container, running, away }, kGibibyte).isEmpty());
    }
};

QTEST_GUILESS_MAIN(StartRoomTest)
#include "start_room_test.moc"
