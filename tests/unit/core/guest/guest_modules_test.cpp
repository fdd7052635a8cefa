// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_modules.h"

#include "core/base/files.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::string_view kList
    = "virtio_ring.ko\nvirtio.ko\nvirtio_mmio.ko\nvirtio_pci_modern_dev.ko\nvirtio_pci.ko\n"
      "virtio_blk.ko\nerofs.ko\nnet_failover.ko\nvirtio_net.ko\nvirtio_console.ko\nvirtio_balloon.ko\n";
using Names = std::vector<std::string>;

} // namespace

class GuestModulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheOrderOfTheList()
    {
        const ModulePlan plan = planModules(kList, { true, true });
        const Names expected{ "virtio_ring.ko", "virtio.ko", "virtio_pci_modern_dev.ko", "virtio_pci.ko",
            "virtio_blk.ko", "erofs.ko", "net_failover.ko", "virtio_net.ko" };
        QVERIFY(plan.beforeEntrypoint == expected);
    }

    void leavesTheAgentsPortAndTheBalloonForLater()
    {
        const Names expected{ "virtio_console.ko", "virtio_balloon.ko" };
        QVERIFY(planModules(kList, {}).afterEntrypoint == expected);
    }

    void leavesOutWhatTheMachineHasNot()
    {
        const ModulePlan plan = planModules(kList, { false, false });
        const Names expected{ "virtio_ring.ko", "virtio.ko", "virtio_mmio.ko", "virtio_blk.ko", "erofs.ko" };
        QVERIFY(plan.beforeEntrypoint == expected);
    }

    void knowsBothSpellings()
    {
        QVERIFY(planModules("virtio-net.ko\nvirtio_net.ko.xz", { true, false }).beforeEntrypoint.empty());
    }

    void takesNoPathOutOfItsFolder()
    {
        const ModulePlan plan = planModules("../evil.ko\n/evil.ko\n\nerofs.ko", {});
        QVERIFY(plan.beforeEntrypoint == Names{ "erofs.ko" });
    }

    void saysWhichModuleIsMissing()
    {
        auto folder = openPath("/tmp", O_PATH | O_DIRECTORY);
        QVERIFY(folder);
        const auto loaded = loadModules(*folder, { "no_such_module.ko" });
        QVERIFY(!loaded);
        QVERIFY(loaded.error().message.find("no_such_module.ko") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(GuestModulesTest)
#include "guest_modules_test.moc"
