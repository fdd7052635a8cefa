// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_hardware.h"

#include <QTest>

using namespace twinhull;

namespace {

using Verb = HardwareEdit::Verb;
using Values = QMap<QString, QString>;

/// As virt-manager leaves it, with things in it that nobody here knows.
const QByteArray kForeign
    = "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' type='kvm'>\n"
      "  <name>a &lt;b&gt; &amp; \"c\"</name>\n"
      "  <uuid>11111111-2222-3333-4444-555555555555</uuid>\n"
      "  <metadata>\n"
      "    <libosinfo:libosinfo xmlns:libosinfo=\"http://libosinfo.org/xmlns/libvirt/domain/1.0\">\n"
      "      <libosinfo:os id=\"http://debian.org/debian/12\"/>\n"
      "    </libosinfo:libosinfo>\n"
      "    <own:note xmlns:own='urn:x'> two  blanks <![CDATA[<kept>]]></own:note>\n"
      "  </metadata>\n"
      "  <!-- a person's remark -->\n"
      "  <memory unit='KiB'>2097152</memory>\n"
      "  <currentMemory unit='KiB'>1048576</currentMemory>\n"
      "  <vcpu placement='static' current='2'>4</vcpu>\n"
      "  <os>\n"
      "    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
      "    <boot dev='hd'/>\n"
      "  </os>\n"
      "  <features>\n"
      "    <acpi/>\n"
      "    <hyperv mode='custom'>\n"
      "      <relaxed state='on'/>\n"
      "    </hyperv>\n"
      "  </features>\n"
      "  <cpu mode='host-passthrough' check='none' migratable='on'/>\n"
      "  <devices>\n"
      "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
      "    <disk type='file' device='disk'>\n"
      "      <driver name='qemu' type='qcow2' discard='unmap'/>\n"
      "      <source file='/vms/a.qcow2'/>\n"
      "      <target dev='vda' bus='virtio'/>\n"
      "      <alias name='ua-mine'/>\n"
      "      <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>\n"
      "    </disk>\n"
      "    <disk type='file' device='cdrom'>\n"
      "      <target dev='sda' bus='sata'/>\n"
      "      <readonly/>\n"
      "    </disk>\n"
      "    <interface type='network'>\n"
      "      <mac address='52:54:00:12:34:56'/>\n"
      "      <source network='default'/>\n"
      "      <model type='virtio'/>\n"
      "    </interface>\n"
      "    <graphics type='vnc' port='-1' autoport='yes' passwd='secret'/>\n"
      "    <teapot model='utah'/>\n"
      "  </devices>\n"
      "  <qemu:commandline>\n"
      "    <qemu:arg value='-foo'/>\n"
      "  </qemu:commandline>\n"
      "</domain>\n";

QString field(const std::vector<HardwareDevice>& devices, const QString& device, const QString& key)
{
    for (const auto& each : devices) {
        for (const auto& candidate : each.fields) {
            if (each.key == device && candidate.key == key)
                return candidate.value;
        }
    }
    return QStringLiteral("(none)");
}

/// What the XML is, and then what of its fields; a failure is its message.
QByteArray edited(const QByteArray& xml, Verb verb, const QString& device, const Values& values = {})
{
    const auto result = editedDomain(xml, { verb, device, values });
    return result ? result->xml : QByteArray::fromStdString(result.error().toLine());
}

QString after(const QString& device, const QString& key, const QString& value, const QString& asked = {})
{
    const auto devices = hardwareOf(edited(kForeign, Verb::Set, device, { { key, value } }), {});
    return devices ? field(*devices, device, asked.isEmpty() ? key : asked)
                   : QString::fromStdString(devices.error().message);
}

} // namespace

class DomainHardwareTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatADomainHas()
    {
        const auto devices = hardwareOf(kForeign, {});
        QVERIFY(devices);
        QStringList keys;
        for (const auto& device : *devices)
            keys << device.key;
        QCOMPARE(keys.join(u' '), QStringLiteral("processor memory firmware vda sda 52:54:00:12:34:56 vnc teapot0"));
        QCOMPARE(field(*devices, QStringLiteral("processor"), QStringLiteral("cpus")), QStringLiteral("2"));
        QCOMPARE(field(*devices, QStringLiteral("processor"), QStringLiteral("max-cpus")), QStringLiteral("4"));
        QCOMPARE(field(*devices, QStringLiteral("memory"), QStringLiteral("memory")), QStringLiteral("1G"));
        QCOMPARE(field(*devices, QStringLiteral("memory"), QStringLiteral("max-memory")), QStringLiteral("2G"));
        QCOMPARE(field(*devices, QStringLiteral("vda"), QStringLiteral("source")), QStringLiteral("/vms/a.qcow2"));
        QCOMPARE(field(*devices, QStringLiteral("sda"), QStringLiteral("readonly")), QStringLiteral("yes"));
    }

    void isTheSameTextWhereNothingIsChanged()
    {
        const auto text = edited(
            kForeign, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("discard"), QStringLiteral("unmap") } });
        QString expected = QString::fromUtf8(kForeign);
        expected.replace(u'\'', u'"'); // quotes are no content
        QString had = QString::fromUtf8(text);
        had.replace(u'\'', u'"');
        had.replace(QStringLiteral("&quot;"), QStringLiteral("\""));
        QCOMPARE(had, expected);
    }

    void changesOneLineAndNothingElse()
    {
        const QByteArray same = edited(
            kForeign, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("discard"), QStringLiteral("unmap") } });
        const QByteArray changed = edited(
            kForeign, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("cache"), QStringLiteral("none") } });
        QByteArray expected = same;
        expected.replace("discard=\"unmap\"/>", "discard=\"unmap\" cache=\"none\"/>");
        QCOMPARE(changed, expected);
        QVERIFY(changed != same);
        QCOMPARE(edited(changed, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("cache"), QString() } }), same);
    }

    void addsAndTakesAwayWithoutATrace()
    {
        const QByteArray same = edited(
            kForeign, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("discard"), QStringLiteral("unmap") } });
        const auto added = editedDomain(same,
            { Verb::Add, QStringLiteral("disk"), { { QStringLiteral("source"), QStringLiteral("/x & y.img") } } });
        QVERIFY2(added, added ? "" : added.error().message.c_str());
        QCOMPARE(added->device, QStringLiteral("vdb"));
        QVERIFY2(added->deviceXml.contains("file=\"/x &amp; y.img\""), added->deviceXml.constData());
        QVERIFY(added->xml.contains("\n    <disk type=\"file\" device=\"disk\">\n      <"));
        QCOMPARE(edited(added->xml, Verb::Remove, QStringLiteral("vdb")), same);
        const QByteArray limited = edited(
            same, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("read-bytes"), QStringLiteral("1000") } });
        QVERIFY(limited.contains("<read_bytes_sec>1000</read_bytes_sec>"));
        QCOMPARE(
            edited(limited, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("read-bytes"), QString() } }), same);
    }

    void setsFields_data()
    {
        QTest::addColumn<QString>("device");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("asked");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* device, const char* key, const char* value, const char* asked,
                             const char* expected) {
            QTest::newRow(name) << QString::fromLatin1(device) << QString::fromLatin1(key) << QString::fromLatin1(value)
                                << QString::fromLatin1(asked) << QString::fromLatin1(expected);
        };
        row("fewer processors", "processor", "cpus", "1", "max-cpus", "4");
        row("all processors", "processor", "cpus", "4", "cpus", "4");
        row("more than the most", "processor", "cpus", "6", "max-cpus", "6");
        row("fewer at most", "processor", "max-cpus", "1", "cpus", "1");
        row("topology", "processor", "topology", "1:4:2", "topology", "1:4:2");
        row("topology counts", "processor", "topology", "1:4:2", "max-cpus", "8");
        row("topology keeps what is plugged in", "processor", "topology", "1:4:2", "cpus", "2");
        row("a model", "processor", "cpu-model", "qemu64", "cpu-model", "qemu64");
        row("a mode", "processor", "cpu-model", "maximum", "cpu-model", "maximum");
        row("pins", "processor", "pin", "0=2-3 1=4", "pin", "0=2-3 1=4");
        row("pins of QEMU", "processor", "emulator-pin", "0-1", "emulator-pin", "0-1");
        row("weight", "processor", "shares", "512", "shares", "512");
        row("period", "processor", "period", "50000", "period", "50000");
        row("no quota", "processor", "quota", "-1", "quota", "-1");
        row("threads for disks", "processor", "iothreads", "2", "iothreads", "2");
        row("no threads for disks", "processor", "iothreads", "0", "iothreads", "");
        row("thread of a disk", "vda", "iothread", "1", "iothread", "1");
        row("more memory than the most", "memory", "memory", "4G", "max-memory", "4G");
        row("less at most", "memory", "max-memory", "512M", "memory", "512M");
        row("huge pages", "memory", "hugepages", "yes", "hugepages", "yes");
        row("UEFI", "firmware", "firmware", "efi", "firmware", "efi");
        row("Secure Boot", "firmware", "secure-boot", "yes", "firmware", "efi");
        row("a device as disk", "vda", "source", "/dev/sdx", "source", "/dev/sdx");
        row("a file in memory as disk", "vda", "source", "/dev/shm/x", "source", "/dev/shm/x");
        row("a medium", "sda", "source", "/a.iso", "source", "/a.iso");
        row("another network", "52:54:00:12:34:56", "source", "lab", "source", "lab");
        row("no cable", "52:54:00:12:34:56", "link", "down", "link", "down");
        row("no network", "52:54:00:12:34:56", "type", "user", "source", "");
    }
    void setsFields()
    {
        QFETCH(QString, device);
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(QString, asked);
        QFETCH(QString, expected);
        QCOMPARE(after(device, key, value, asked), expected);
    }

    void addsOneOfEachKind_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<Values>("values");
        for (const auto& device : addableHardware())
            QTest::newRow(device.kind.toUtf8().constData())
                << device.kind
                << (device.kind == u"usb"          ? Values{ { QStringLiteral("device"), QStringLiteral("1d6b:0002") } }
                           : device.kind == u"pci" ? Values{ { QStringLiteral("device"), QStringLiteral("01:00.0") } }
                           : device.kind == u"shared-folder"
                           ? Values{ { QStringLiteral("source"), QStringLiteral("/srv") },
                               { QStringLiteral("target"), QStringLiteral("srv") } }
                           : device.kind == u"graphics" ? Values{ { QStringLiteral("type"), QStringLiteral("spice") } }
                                                        : Values());
    }
    void addsOneOfEachKind()
    {
        QFETCH(QString, kind);
        QFETCH(Values, values);
        const auto added = editedDomain(kForeign, { Verb::Add, kind, values });
        QVERIFY2(added, added ? "" : added.error().toLine().c_str());
        const auto complaint = schemaComplaint(QByteArray(added->xml).replace("<teapot model=\"utah\"/>", ""));
        QVERIFY2(complaint && complaint->isEmpty(), complaint ? qPrintable(*complaint) : "no schema here");
        const auto devices = hardwareOf(added->xml, {});
        QVERIFY(devices);
        for (auto value = values.begin(); value != values.end(); ++value)
            QVERIFY(field(*devices, added->device, value.key()).endsWith(*value));
    }

    void sharesTheMemoryThatVirtiofsNeeds()
    {
        const Values values{ { QStringLiteral("source"), QStringLiteral("/srv") },
            { QStringLiteral("target"), QStringLiteral("srv") } };
        const QByteArray xml = edited(kForeign, Verb::Add, QStringLiteral("shared-folder"), values);
        QVERIFY(xml.contains("<access mode=\"shared\"/>") && xml.contains("<source type=\"memfd\"/>"));
        Values old = values;
        old.insert(QStringLiteral("driver"), QStringLiteral("9p"));
        QVERIFY(!edited(kForeign, Verb::Add, QStringLiteral("shared-folder"), old).contains("memfd"));
    }

    void tunesBesideWhatItDoesNotKnow()
    {
        const QByteArray tuned = QByteArray(kForeign).replace("  <os>\n",
            "  <iothreads>3</iothreads>\n  <iothreadids>\n    <iothread id='2'/>\n    <iothread id='7' "
            "thread_pool_min='1'/>\n  </iothreadids>\n  <cputune>\n    <cachetune vcpus='0'/>\n    "
            "<iothreadpin iothread='2' cpuset='1'/>\n  </cputune>\n  <os>\n");
        const auto set = [&tuned](const char* key, const char* value) {
            return edited(
                tuned, Verb::Set, QStringLiteral("processor"), { { QLatin1String(key), QLatin1String(value) } });
        };
        const QByteArray quota = set("quota", "50000");
        QVERIFY(quota.contains("<cachetune vcpus=\"0\"/>") && quota.contains("<quota>50000</quota>")
            && quota.contains("<iothreadpin"));
        QCOMPARE(edited(quota, Verb::Set, QStringLiteral("processor"), { { QStringLiteral("quota"), QString() } }),
            edited(tuned, Verb::Set, QStringLiteral("processor"), { { QStringLiteral("quota"), QString() } }));
        const QByteArray fewer = set("iothreads", "2"); // 1, 2 and 7 are there
        QVERIFY(fewer.contains("<iothreads>2</iothreads>") && fewer.contains("id=\"2\"") && !fewer.contains("\"7\""));
        const QByteArray disk
            = edited(tuned, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("iothread"), QStringLiteral("7") } });
        const QByteArray refused = edited(
            disk, Verb::Set, QStringLiteral("processor"), { { QStringLiteral("iothreads"), QStringLiteral("2") } });
        QVERIFY2(refused.contains("IO thread 7 is that of vda"), refused.constData());
        for (const char* wrong : { "-1", "257", "many" })
            QVERIFY2(!set("iothreads", wrong).startsWith("<"), wrong);
    }

    void namesAUsbDeviceByWhatItIsOrByItsPlace()
    {
        const QString key = QStringLiteral("device");
        const auto placed
            = editedDomain(kForeign, { Verb::Add, QStringLiteral("usb"), { { key, QStringLiteral("01.003") } } });
        QVERIFY(placed && placed->device == u"1.3");
        QVERIFY(placed->xml.contains("<address bus=\"1\" device=\"3\"/>"));
        const QByteArray optional = QByteArray(placed->xml)
                                        .replace("<source>\n        <address bus",
                                            "<source startupPolicy=\"optional\">\n        <address bus");
        const auto named
            = editedDomain(optional, { Verb::Set, QStringLiteral("1.3"), { { key, QStringLiteral("046D:C52B") } } });
        QVERIFY(named && named->device == u"046D:C52B");
        QVERIFY(!named->xml.contains("<address bus") && named->xml.contains("<vendor id=\"0x046d\"/>")
            && named->xml.contains("startupPolicy=\"optional\""));
        const auto back
            = editedDomain(named->xml, { Verb::Set, QStringLiteral("046d:c52b"), { { key, QStringLiteral("1.3") } } });
        QVERIFY(back && !back->xml.contains("<vendor") && !back->xml.contains("<product"));
        for (const char* wrong : { "1.0", "0.1", "1.1000", "1", "1.2.3", "" })
            QVERIFY2(
                !editedDomain(kForeign, { Verb::Add, QStringLiteral("usb"), { { key, QString::fromLatin1(wrong) } } }),
                wrong);
    }

    void leavesTheOldAddressWhenADeviceMoves()
    {
        QVERIFY(
            !edited(kForeign, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("bus"), QStringLiteral("sata") } })
                 .contains("<address type=\"pci\""));
        QVERIFY(
            edited(kForeign, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("bus"), QStringLiteral("virtio") } })
                .contains("<address type=\"pci\""));
    }

    void namesADriveAfterItsBus()
    {
        const auto moved = editedDomain(
            kForeign, { Verb::Set, QStringLiteral("vda"), { { QStringLiteral("bus"), QStringLiteral("sata") } } });
        QVERIFY(moved);
        QCOMPARE(moved->device, QStringLiteral("sdb")); // sda is the other one
    }

    void prefersTheOrderOfDevicesToThatOfKinds()
    {
        const QByteArray ordered
            = edited(kForeign, Verb::Set, QStringLiteral("vda"), { { QStringLiteral("boot"), QStringLiteral("1") } });
        QVERIFY(ordered.contains("<boot order=\"1\"/>") && !ordered.contains("<boot dev"));
    }

    void tellsWhatWaitsForAShutdown()
    {
        QByteArray running = kForeign;
        running.replace("current='2'>4<", "current='3'>4<").replace("discard='unmap'", "");
        running.replace("<teapot model='utah'/>", "<sound model='ich9'/>").replace("port='-1'", "port='5900'");
        const auto devices = hardwareOf(kForeign, running);
        QVERIFY(devices);
        QStringList pending;
        for (const auto& device : *devices) {
            for (const auto& each : device.fields) {
                if (each.runningValue)
                    pending << device.key + u'.' + each.key + u'=' + *each.runningValue;
            }
            if (device.presence == HardwareDevice::Presence::AfterShutdown)
                pending << u'+' + device.key;
            if (device.presence == HardwareDevice::Presence::UntilShutdown)
                pending << u'-' + device.key;
        }
        QCOMPARE(pending.join(u' '), QStringLiteral("processor.cpus=3 vda.discard= +teapot0 -sound0"));
    }

    void takesNoDifferenceForOneWhereLibvirtWritesItOut()
    {
        QByteArray defined = kForeign;
        defined.replace("<cpu mode='host-passthrough' check='none' migratable='on'/>", "<cpu mode='host-model'/>");
        QByteArray running = kForeign;
        running.replace("<cpu mode='host-passthrough' check='none' migratable='on'/>",
            "<cpu mode='custom' match='exact'><model>EPYC</model></cpu>");
        const auto devices = hardwareOf(defined, running);
        QVERIFY(devices);
        for (const auto& device : *devices)
            QVERIFY2(!device.isPending(), qPrintable(device.key));
    }

    void refusesWhatMakesNoSense_data()
    {
        QTest::addColumn<int>("verb");
        QTest::addColumn<QString>("device");
        QTest::addColumn<Values>("values");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, Verb verb, const char* device, const Values& values, const char* says) {
            QTest::newRow(name) << static_cast<int>(verb) << QString::fromLatin1(device) << values << QByteArray(says);
        };
        row("no such device", Verb::Set, "vdz", { { QStringLiteral("cache"), QStringLiteral("none") } },
            "It has: processor");
        row("no such field", Verb::Set, "vda", { { QStringLiteral("colour"), QStringLiteral("red") } },
            "no field colour");
        row("no such field of the machine", Verb::Set, "", { { QStringLiteral("colour"), QStringLiteral("red") } },
            "no field colour");
        row("no such kind", Verb::Add, "teapot", {}, "There are: disk");
        row("a part", Verb::Remove, "processor", {}, "nothing without");
        row("an unknown one", Verb::Set, "teapot0", { { QStringLiteral("model"), QStringLiteral("x") } },
            "Edit its XML");
        row("no processors", Verb::Set, "", { { QStringLiteral("cpus"), QStringLiteral("0") } }, "makes no sense");
        row("no size", Verb::Set, "", { { QStringLiteral("memory"), QStringLiteral("lots") } }, "512M");
        row("topology of two", Verb::Set, "", { { QStringLiteral("topology"), QStringLiteral("1:2") } }, "SOCKETS");
        row("pin of none", Verb::Set, "", { { QStringLiteral("pin"), QStringLiteral("9=1") } }, "PROCESSOR");
        row("relative path", Verb::Set, "vda", { { QStringLiteral("source"), QStringLiteral("a.img") } }, "absolute");
        row("no flag", Verb::Set, "vda", { { QStringLiteral("readonly"), QStringLiteral("perhaps") } }, "yes or no");
        row("no number", Verb::Set, "vda", { { QStringLiteral("read-iops"), QStringLiteral("-1") } }, "is no number");
        row("USB by name", Verb::Add, "usb", { { QStringLiteral("device"), QStringLiteral("mouse") } }, "lsusb");
        row("the same twice", Verb::Add, "graphics", { { QStringLiteral("type"), QStringLiteral("vnc") } }, "already");
    }
    void refusesWhatMakesNoSense()
    {
        QFETCH(int, verb);
        QFETCH(QString, device);
        QFETCH(Values, values);
        QFETCH(QByteArray, says);
        const QByteArray said = edited(kForeign, static_cast<Verb>(verb), device, values);
        QVERIFY2(said.contains(says), said.constData());
    }

    void refusesWhatIsNoDomain_data()
    {
        QTest::addColumn<QByteArray>("xml");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("nothing") << QByteArray() << QByteArray("line ");
        QTest::newRow("no XML") << QByteArray("hello") << QByteArray("line 1");
        QTest::newRow("not closed") << QByteArray("<domain>\n<name>\n</domain>") << QByteArray("line 3");
        QTest::newRow("a network") << QByteArray("<network/>") << QByteArray("no <domain>");
        QTest::newRow("a bomb") << QByteArray("<!DOCTYPE d [<!ENTITY a 'aa'>]><domain>&a;</domain>")
                                << QByteArray("DOCTYPE");
        QTest::newRow("too deep") << QByteArray("<domain>").repeated(2000) << QByteArray("line 1");
        QTest::newRow("too large") << QByteArray("<domain>" + QByteArray(5 << 20, ' ') + "</domain>")
                                   << QByteArray("4 MiB");
    }
    void refusesWhatIsNoDomain()
    {
        QFETCH(QByteArray, xml);
        QFETCH(QByteArray, says);
        const auto devices = hardwareOf(xml, {});
        QVERIFY(!devices);
        QVERIFY2(
            devices.error().message.find(says.toStdString()) != std::string::npos, devices.error().message.c_str());
    }

    void namesTheLineThatTheSchemaRefuses()
    {
        const auto complaint = schemaComplaint(kForeign);
        QVERIFY(complaint);
        QVERIFY2(complaint->contains(QStringLiteral("line ")) && complaint->contains(QStringLiteral("teapot")),
            qPrintable(*complaint));
    }
};

QTEST_GUILESS_MAIN(DomainHardwareTest)
#include "domain_hardware_test.moc"
