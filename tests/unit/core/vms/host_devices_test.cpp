// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/host_devices.h"

#include <QTest>

using namespace twinhull;

namespace {

QByteArray usbXml(const char* name, const char* parent, int bus, int number, const char* ids)
{
    const QList<QByteArray> parts = QByteArray(ids).split(':');
    return "<device><name>" + QByteArray(name) + "</name><parent>" + parent
        + "</parent><devnode type='by-id'>/dev/disk/x</devnode><devnode type='dev'>/nowhere/"
        + QByteArray::number(number) + "</devnode><driver><name>usb</name></driver><capability type='usb_device'><bus>"
        + QByteArray::number(bus) + "</bus><device>" + QByteArray::number(number) + "</device><product id='0x"
        + parts[1] + "'>Receiver</product><vendor id='0x" + parts[0]
        + "'>Logitech, Inc.</vendor></capability></device>";
}

/// `group`: 0 for none.
QByteArray pciXml(int slot, int function, const char* code, int group)
{
    const QByteArray inGroup = group == 0 ? QByteArray() : "<iommuGroup number='" + QByteArray::number(group) + "'/>";
    return "<device><name>pci_" + QByteArray::number(slot) + QByteArray::number(function)
        + "</name><driver><name>ahci</name></driver><capability type='pci'><class>" + code
        + "</class><domain>0</domain><bus>0</bus><slot>" + QByteArray::number(slot) + "</slot><function>"
        + QByteArray::number(function) + "</function><product id='0x2922'>SATA</product><vendor id='0x8086'/>" + inGroup
        + "</capability></device>";
}

std::vector<NodeDevice> parsed(const QList<QByteArray>& all)
{
    std::vector<NodeDevice> devices;
    for (const QByteArray& xml : all)
        devices.push_back(*parseNodeDevice(xml));
    return devices;
}

HostDevice deviceAt(const std::vector<HostDevice>& all, const char* address)
{
    for (const HostDevice& device : all) {
        if (device.address == QLatin1String(address))
            return device;
    }
    return {};
}

} // namespace

class HostDevicesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatLibvirtTells()
    {
        const auto usb = parseNodeDevice(usbXml("usb_1_2", "usb_usb1", 1, 3, "046d:c52b"));
        QVERIFY(usb);
        QCOMPARE(usb->device.kind, QStringLiteral("usb"));
        QCOMPARE(usb->device.address, QStringLiteral("1.3"));
        QCOMPARE(usb->device.ids, QStringLiteral("046d:c52b"));
        QCOMPARE(usb->device.name, QStringLiteral("Logitech, Inc. Receiver"));
        QCOMPARE(usb->file, QStringLiteral("/nowhere/3"));
        const auto pci = parseNodeDevice(pciXml(31, 2, "0x010601", 7));
        QVERIFY(pci && !pci->isBridge);
        QCOMPARE(pci->device.address, QStringLiteral("0000:00:1f.2"));
        QCOMPARE(pci->device.iommuGroup.value_or(-1), 7);
        QCOMPARE(pci->device.driver, QStringLiteral("ahci"));
    }

    void passesOverWhatIsNeither_data()
    {
        QTest::addColumn<QByteArray>("xml");
        for (const char* xml : { "", "<device/>", "<device><capability type='system'/></device>",
                 "<device><capability type='usb_device'><bus>x</bus><device>1</device></capability></device>",
                 "<device><capability type='pci'><bus>1</bus></capability></device>", "<domain/>" })
            QTest::newRow(xml) << QByteArray(xml);
    }

    void passesOverWhatIsNeither()
    {
        QFETCH(QByteArray, xml);
        QVERIFY(!parseNodeDevice(xml));
    }

    void saysWhyADeviceCannotBeGiven()
    {
        const auto devices = parsed({ pciXml(1, 0, "0x060400", 2), pciXml(2, 0, "0x010601", 0),
            pciXml(31, 2, "0x010601", 7), usbXml("usb_usb1", "pci_x", 1, 1, "1d6b:0002"),
            usbXml("usb_1_1", "usb_usb1", 1, 2, "05e3:0608"), usbXml("usb_1_1_1", "usb_1_1", 1, 3, "046d:c52b") });
        const auto judged = judgedDevices(devices, {}, HostDeviceRights::Root);
        QCOMPARE(judged.front().kind, QStringLiteral("usb"));
        const auto obstacle = [&judged](const char* address) { return deviceAt(judged, address).obstacle; };
        QVERIFY(obstacle("0000:00:01.0").contains(QStringLiteral("bridge")));
        QVERIFY(obstacle("0000:00:02.0").contains(QStringLiteral("IOMMU")));
        QCOMPARE(obstacle("0000:00:1f.2"), QString());
        QVERIFY(obstacle("1.1").contains(QStringLiteral("hub")));
        QVERIFY(obstacle("1.2").contains(QStringLiteral("hub")));
        QCOMPARE(obstacle("1.3"), QString());
        const auto own = judgedDevices(devices, {}, HostDeviceRights::Person);
        QVERIFY(deviceAt(own, "0000:00:1f.2").obstacle.contains(QStringLiteral("qemu:///system")));
        QVERIFY(deviceAt(own, "1.3").obstacle.contains(QStringLiteral("/nowhere/3")));
        const auto there = judgedDevices(devices, {}, HostDeviceRights::PersonThere);
        QVERIFY(deviceAt(there, "0000:00:1f.2").obstacle.contains(QStringLiteral("qemu:///system")));
        QCOMPARE(deviceAt(there, "1.3").obstacle, QString()); // its file is on that computer
    }

    void tellsWhatGoesAlong()
    {
        const auto judged = judgedDevices(parsed({ pciXml(1, 0, "0x060400", 7), pciXml(31, 0, "0x040300", 7),
                                              pciXml(31, 2, "0x010601", 7), pciXml(30, 0, "0x010601", 8) }),
            {}, HostDeviceRights::Root);
        QCOMPARE(deviceAt(judged, "0000:00:1f.2").groupOthers, QStringList(QStringLiteral("0000:00:1f.0")));
        QVERIFY(deviceAt(judged, "0000:00:1e.0").groupOthers.isEmpty());
    }

    void tellsWhoHasIt()
    {
        const QByteArray domain
            = "<domain><devices><hostdev mode='subsystem' type='usb'><source><vendor id='0x046d'/><product "
              "id='0xc52b'/><address bus='1' device='3'/></source></hostdev><hostdev type='pci'><source><address "
              "domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/></source></hostdev><hostdev type='usb'><source>"
              "<address bus='2' device='9'/></source></hostdev><hostdev type='mdev'/></devices></domain>";
        const QStringList has = hostDevicesIn(domain);
        QCOMPARE(has,
            QStringList({ QStringLiteral("usb 046d:c52b"), QStringLiteral("usb 1.3"),
                QStringLiteral("pci 0000:00:1f.2"), QStringLiteral("usb 2.9") }));
        const auto devices = parsed(
            { usbXml("a", "x", 1, 3, "046d:c52b"), usbXml("b", "x", 2, 9, "046d:c077"), pciXml(31, 2, "0x010601", 7) });
        const auto off = judgedDevices(devices, { { QStringLiteral("web"), has, false } }, HostDeviceRights::Root);
        for (const HostDevice& device : off) {
            QCOMPARE(device.users, QStringList(QStringLiteral("web")));
            QCOMPARE(device.obstacle, QString());
        }
        const auto on = judgedDevices(devices, { { QStringLiteral("web"), has, true } }, HostDeviceRights::Root);
        for (const HostDevice& device : on)
            QCOMPARE(device.obstacle, QStringLiteral("web has it, and runs"));
    }

    void namesOneOfTwoAlikeByItsPlace()
    {
        const auto judged
            = judgedDevices(parsed({ usbXml("a", "x", 1, 3, "046d:c52b"), usbXml("b", "x", 1, 4, "046d:c52b"),
                                usbXml("c", "x", 1, 5, "046d:c077") }),
                {}, HostDeviceRights::Root);
        QCOMPARE(deviceAt(judged, "1.4").value, QStringLiteral("1.4"));
        QCOMPARE(deviceAt(judged, "1.5").value, QStringLiteral("046d:c077"));
    }

    /// One runs with the first of them: the second is free.
    void tellsWhichOfTwoAlikeIsTaken()
    {
        const auto devices = parsed({ usbXml("a", "x", 1, 3, "046d:c52b"), usbXml("b", "x", 1, 4, "046d:c52b") });
        const QString byIds = QStringLiteral("usb 046d:c52b");
        const auto off
            = judgedDevices(devices, { { QStringLiteral("web"), { byIds }, false } }, HostDeviceRights::Root);
        QCOMPARE(deviceAt(off, "1.4").users, QStringList(QStringLiteral("web"))); // whichever it will get
        const auto on = judgedDevices(
            devices, { { QStringLiteral("web"), { byIds, QStringLiteral("usb 1.3") }, true } }, HostDeviceRights::Root);
        QCOMPARE(deviceAt(on, "1.3").obstacle, QStringLiteral("web has it, and runs"));
        QCOMPARE(deviceAt(on, "1.4").obstacle, QString());
    }
};

QTEST_GUILESS_MAIN(HostDevicesTest)
#include "host_devices_test.moc"
