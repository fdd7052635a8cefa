// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/microvm_fallback.h"

#include "core/vms/domain/domain_writer.h"
#include "core/workload/machine_choice.h"

#include <QTest>
#include <QXmlStreamReader>

using namespace twinhull;

namespace {

ImageDomain describedMachine(ImageMachine machine)
{
    ImageDomain domain;
    domain.common.uuid = QStringLiteral("11111111-2222-3333-4444-555555555555");
    domain.common.name = QStringLiteral("web");
    domain.common.memoryBytes = 256U << 20U;
    domain.common.logPath = QStringLiteral("/vms/x/console.log");
    domain.common.mark.imageDigest = QStringLiteral("sha256:aa");
    domain.common.mark.labels = { { QStringLiteral("owner"), QStringLiteral("R & D") } };
    domain.kernelPath = QStringLiteral("/k/vmlinux");
    domain.initramfsPath = QStringLiteral("/k/initramfs");
    domain.rootDiskPath = QStringLiteral("/d/x.erofs");
    domain.overlayPath = QStringLiteral("/vms/x/overlay.img");
    domain.setupPath = QStringLiteral("/vms/x/setup.json");
    domain.agentSocket = QStringLiteral("/vms/x/agent.sock");
    domain.sessionSockets = { QStringLiteral("/vms/x/exec0.sock") };
    domain.machine = machine;
    return domain;
}

/// Path, attributes and text of each element, in no order: libvirt knows none.
QStringList sortedElementsOf(const QByteArray& xml)
{
    QStringList lines;
    QStringList path;
    QXmlStreamReader reader(xml);
    while (!reader.atEnd()) {
        const auto token = reader.readNext();
        if (token == QXmlStreamReader::StartElement) {
            path << reader.name().toString();
            QStringList attributes;
            for (const QXmlStreamAttribute& attribute : reader.attributes())
                attributes << attribute.name().toString() + u'=' + attribute.value().toString();
            attributes.sort();
            lines << (QStringList(path.join(u'/')) + attributes).join(u' ');
        } else if (token == QXmlStreamReader::EndElement) {
            path.removeLast();
        } else if (token == QXmlStreamReader::Characters && !reader.isWhitespace()) {
            lines << path.join(u'/') + QStringLiteral(" : ") + reader.text().toString();
        }
    }
    lines.sort();
    return lines;
}

DomainSnapshot machineSnapshot(const char* machine, const QMap<QString, QString>& labels)
{
    DomainSnapshot vm;
    vm.description.machine = QLatin1String(machine);
    vm.description.mark = DomainMark();
    vm.description.mark->imageDigest = QStringLiteral("sha256:aa");
    vm.description.mark->labels = labels;
    return vm;
}

} // namespace

class MicrovmFallbackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void makesTheQ35ThatWouldHaveBeenWritten()
    {
        ImageDomain microvm = describedMachine(ImageMachine::Microvm);
        microvm.tscKilohertz = 2'100'000;
        const auto q35 = asQ35(writeDomain(microvm));
        QVERIFY(q35);
        const QStringList expected = sortedElementsOf(writeDomain(describedMachine(ImageMachine::Q35)));
        QVERIFY(expected.size() > 30);
        QCOMPARE(sortedElementsOf(*q35), expected);
    }

    /// What a person added has no place of its own on the root bus: libvirt finds one.
    void leavesOtherDevicesToLibvirt()
    {
        QByteArray xml = writeDomain(describedMachine(ImageMachine::Microvm));
        xml.replace("<serial ",
            "<interface type=\"user\"><model type=\"virtio\"/><address type=\"virtio-mmio\"/></interface>"
            "<rng model=\"virtio\"><backend model=\"random\">/dev/urandom</backend><address "
            "type=\"virtio-mmio\"/></rng>"
            "<serial ");
        const auto q35 = asQ35(xml);
        QVERIFY(q35 && !q35->contains("virtio-mmio") && q35->contains("/dev/urandom"));
        QCOMPARE(sortedElementsOf(*q35).filter(QStringLiteral("interface/address")).size(), 1);
        QVERIFY(sortedElementsOf(*q35).filter(QStringLiteral("rng/address")).isEmpty());
    }

    void refusesWhatIsNoDefinition() { QVERIFY(!asQ35("<pool/>") && !asQ35("nonsense")); }

    void isForMachinesThatNobodyChose()
    {
        const QString label = QLatin1String(kMachineLabel);
        QVERIFY(isAutomaticMicrovm(machineSnapshot("microvm", {})));
        QVERIFY(isAutomaticMicrovm(machineSnapshot("microvm", { { label, QStringLiteral("auto") } })));
        QVERIFY(!isAutomaticMicrovm(machineSnapshot("microvm", { { label, QStringLiteral("microvm") } })));
        QVERIFY(!isAutomaticMicrovm(machineSnapshot("pc-q35-7.2", {})));
        DomainSnapshot foreign = machineSnapshot("microvm", {});
        foreign.description.mark.reset();
        QVERIFY(!isAutomaticMicrovm(foreign));
    }

    void isNotForFailuresThatAQ35WouldHaveToo()
    {
        const auto failing = [](ErrorCode code, const char* message) { return Error{ code, message, 0, {} }; };
        QVERIFY(mayBeTheMachines(failing(ErrorCode::Unknown, "Property 'microvm-machine.hpet' not found")));
        QVERIFY(mayBeTheMachines(failing(ErrorCode::Timeout, "the guest's agent did not answer in time")));
        QVERIFY(!mayBeTheMachines(failing(ErrorCode::Cancelled, "cancelled")));
        QVERIFY(!mayBeTheMachines(failing(ErrorCode::Unknown, "cannot set up guest memory 'pc.ram'")));
        QVERIFY(!mayBeTheMachines(failing(ErrorCode::Unknown, "Failed to get \"write\" lock")));
    }
};

QTEST_GUILESS_MAIN(MicrovmFallbackTest)
#include "microvm_fallback_test.moc"
