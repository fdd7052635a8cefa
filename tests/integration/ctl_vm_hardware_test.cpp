// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;
using test::ctl;

namespace {

/// What a person has written, with things in it that this program does not know.
const QByteArray kMachine = R"(<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>box</name>
  <metadata>
    <own:note xmlns:own='urn:x'>kept</own:note>
  </metadata>
  <memory unit='MiB'>128</memory>
  <currentMemory unit='MiB'>128</currentMemory>
  <vcpu current='1'>2</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
  </os>
  <cpu mode='custom' match='exact' check='none'>
    <model fallback='forbid'>qemu64</model>
  </cpu>
  <features>
    <acpi/>
    <apic/>
  </features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='DISK'/>
      <target dev='sda' bus='sata'/>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <target dev='sdb' bus='sata'/>
      <readonly/>
    </disk>
    <controller type='usb' model='qemu-xhci'/>
    <graphics type='vnc' passwd='secret12'>
      <listen type='socket'/>
    </graphics>
    <memballoon model='virtio'/>
  </devices>
  <qemu:commandline>
    <qemu:env name='KEPT' value='yes'/>
  </qemu:commandline>
</domain>
)";

} // namespace

/// A VM's hardware from the command line, on a real QEMU; nothing boots on the empty disk.
class CtlVmHardwareTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        for (const char* name : { "disk.img", "more.img", "medium.iso" }) {
            QFile file(path(name));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(1 << 20));
        }
        QByteArray xml = kMachine;
        xml.replace("DISK", path("disk.img").toUtf8());
        QVERIFY(write("box.xml", xml));
        const auto defined = ctl({ "vm", "define", path("box.xml").toStdString(), "--json" });
        QVERIFY2(defined.exitCode == 0, qPrintable(defined.text()));
        QCOMPARE(defined.json()[u"pending"].toBool(), false);
    }

    void tellsOfItsScreens()
    {
        const auto listed = ctl({ "vm", "screen", "box", "--list", "--json" });
        QVERIFY2(listed.exitCode == 0, qPrintable(listed.text()));
        const auto screens = QJsonDocument::fromJson(listed.out).array();
        QCOMPARE(screens.size(), 1);
        QCOMPARE(screens[0][u"type"].toString(), QStringLiteral("vnc"));
        QVERIFY(screens[0][u"address"].isNull());
        const auto off = ctl({ "vm", "screen", "box" });
        QVERIFY2(off.exitCode != 0 && off.err.contains("does not run"), qPrintable(off.text()));
    }

    void keepsWhatItDoesNotKnow()
    {
        changes({ "vm", "set", "box", "--device", "sda", "cache=none", "serial=A B-1" });
        const QByteArray xml = definition();
        for (const char* kept : { "<own:note xmlns:own=\"urn:x\">kept</own:note>", "passwd=\"secret12\"",
                 "<qemu:env name=\"KEPT\" value=\"yes\"/>", "cache=\"none\"", "<serial>A B-1</serial>" })
            QVERIFY2(QByteArray(xml).replace('\'', '"').contains(kept), xml.constData());
        const QByteArray before = definition();
        changes({ "vm", "set", "box", "--cpus", "2", "--memory", "96M", "--pin", "0=0" });
        QCOMPARE(field("processor", "cpus"), QStringLiteral("2"));
        QCOMPARE(field("memory", "memory"), QStringLiteral("96M"));
        changes({ "vm", "rename", "box", "renamed" });
        changes({ "vm", "undo", "renamed" }); // what it is called is no part of what is taken back
        changes({ "vm", "rename", "renamed", "box" });
        QCOMPARE(definition(), before);
    }

    void refusesWithTheLineAndChangesNothing()
    {
        const QByteArray before = definition();
        QByteArray wrong = before;
        wrong.replace("<memballoon", "<teapot/>\n    <memballoon");
        QVERIFY(write("wrong.xml", wrong));
        const auto refused = ctl({ "vm", "define", path("wrong.xml").toStdString() });
        QCOMPARE(refused.exitCode, 1 + 1); // the command line's fault
        QVERIFY2(refused.err.contains("line ") && refused.err.contains("teapot"), qPrintable(refused.text()));
        QVERIFY(write("wrong.xml", "<domain>\n<name>box\n"));
        QVERIFY(ctl({ "vm", "define", path("wrong.xml").toStdString() }).err.contains("line 3"));
        QCOMPARE(ctl({ "vm", "set", "box", "--device", "vdz", "cache=none" }).exitCode, 3);
        QCOMPARE(ctl({ "vm", "set", "box" }).exitCode, 2);
        const auto unscheduled = ctl({ "vm", "set", "box", "--shares", "512" }); // it would never start again
        QVERIFY2(
            unscheduled.exitCode == 5 && unscheduled.err.contains("qemu:///system"), qPrintable(unscheduled.text()));
        changes({ "vm", "set", "box", "--device", "balloon0", "period=5" }); // which is no scheduler's
        changes({ "vm", "undo", "box" });
        QCOMPARE(ctl({ "vm", "attach", "box", "disk", "source=/no/such" }).exitCode, 3);
        QCOMPARE(ctl({ "vm", "xml", "box", "--live" }).exitCode, 3);
        QCOMPARE(definition(), before);
    }

    void editsInAnEditor()
    {
        QFile editor(path("editor"));
        QVERIFY(editor.open(QIODevice::WriteOnly));
        editor.write("#!/bin/sh\nexec sed -i 's/<own:note/<own:note more=\"1\"/' \"$2\"\n");
        editor.close();
        editor.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("EDITOR", path("editor").toUtf8() + " --wait");
        const auto edited = ctl({ "vm", "xml", "box", "--edit", "--yes" });
        QVERIFY2(edited.exitCode == 0, qPrintable(edited.text()));
        QVERIFY2(edited.out.contains("\n-    <own:note") && edited.out.contains("\n+    <own:note more="),
            edited.out.constData());
        QVERIFY(definition().contains("more="));
        changes({ "vm", "undo", "box" });
        QVERIFY(!definition().contains("more="));
        qputenv("EDITOR", "false");
        QCOMPARE(ctl({ "vm", "xml", "box", "--edit", "--yes" }).exitCode, 1);
    }

    void changesARunningMachine()
    {
        starts();
        QCOMPARE(changes({ "vm", "set", "box", "--device", "sdb", "source=" + path("medium.iso").toStdString() }),
            QString());
        QVERIFY(running().contains("medium.iso"));
        QCOMPARE(changes({ "vm", "set", "box", "--device", "sdb", "source=" }), QString());
        QVERIFY(!running().contains("medium.iso"));
        QCOMPARE(changes({ "vm", "attach", "box", "disk", "bus=usb", "source=" + path("more.img").toStdString() }),
            QString());
        QVERIFY(running().contains("more.img"));
        QCOMPARE(changes({ "vm", "detach", "box", "sdc" }), QString());
        QTRY_VERIFY(!running().contains("more.img") && !definition().contains("more.img"));
        QCOMPARE(changes({ "vm", "set", "box", "--device", "sda", "read-bytes=1000000" }), QString());
        QVERIFY(running().contains("<read_bytes_sec>1000000<"));
        QCOMPARE(changes({ "vm", "set", "box", "--cpus", "2" }), QString());
        QCOMPARE(changes({ "vm", "set", "box", "--emulator-pin", "0", "--iothreads", "2" }), QString());
        QVERIFY(running().contains("<emulatorpin cpuset=\"0\"/>") && running().contains("<iothreads>2</iothreads>"));
        QCOMPARE(changes({ "vm", "set", "box", "--iothreads", "0" }), QString());
        QVERIFY(!running().contains("<iothreads>"));
        QCOMPARE(hardware()[u"pending"].toBool(), false);
    }

    void givesANewDisk() // to the machine that the test before started
    {
        QCOMPARE(changes({ "vm", "attach", "box", "disk", "bus=usb", "size=10G" }), QString());
        const QString disk = field("sdc", "source");
        QVERIFY2(disk.startsWith(path()) && disk.endsWith(QStringLiteral("/disk-2.qcow2")), qPrintable(disk));
        QCOMPARE(field("sdc", "format"), QStringLiteral("qcow2"));
        QVERIFY2(running().contains(disk.toUtf8()), "it runs without it");
        QFile file(disk);
        QVERIFY(file.open(QIODevice::ReadOnly) && file.size() < (1 << 20));
        QCOMPARE(file.read(32).mid(24), QByteArray("\0\0\0\x02\x80\0\0\0", 8)); // its size: docs/interop/qcow2
        takesAway("disk-2.qcow2");
        QVERIFY2(QFile::exists(disk), "what was in it went with the device");
        QCOMPARE(changes({ "vm", "attach", "box", "disk", "bus=usb", "size=1M" }), QString());
        QVERIFY(field("sdc", "source").endsWith(QStringLiteral("/disk-3.qcow2")));
        takesAway("disk-3.qcow2");
    }

    void givesANewDiskOfAPool()
    {
        const auto made = ctl({ "pool", "create", "fast", "dir", "target=" + path("fast").toStdString() });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        changes({ "vm", "attach", "box", "disk", "bus=usb", "size=2M", "pool=fast" });
        QCOMPARE(field("sdc", "source"), path("fast/box-2.qcow2"));
        takesAway("box-2.qcow2");
        QVERIFY(QFile::exists(path("fast/box-2.qcow2")));
    }

    void leavesNoDiskThatIsNotAttached()
    {
        const QByteArray before = definition();
        const auto failsWith = [](int exitCode, std::vector<std::string> values) {
            values.insert(values.begin(), { "vm", "attach", "box", "disk" });
            const auto failed = ctl(values);
            QVERIFY2(failed.exitCode == exitCode, qPrintable(failed.text()));
        };
        failsWith(2, { "size=4G", "cache=teapot" }); // libvirt refuses it, after it was made
        failsWith(2, { "size=4G", "cache=teapot", "pool=fast" });
        failsWith(3, { "size=4G", "pool=none" });
        failsWith(2, { "size=4G", "source=" + path("more.img").toStdString() });
        for (const char* size : { "size=", "size=0", "size=-1G", "size=1000000T", "pool=fast" })
            failsWith(2, { size });
        QCOMPARE(definition(), before);
        QCOMPARE(disksBelow(path()),
            (QStringList{
                QStringLiteral("box-2.qcow2"), QStringLiteral("disk-2.qcow2"), QStringLiteral("disk-3.qcow2") }));
    }

    void saysWhatWaitsForAShutdown() // of the machine that the test before started
    {
        const QString reason = changes({ "vm", "set", "box", "--max-cpus", "4" });
        QVERIFY2(!reason.isEmpty(), "the most processors changed while it ran");
        QVERIFY(!changes({ "vm", "attach", "box", "sound" }).isEmpty());
        QCOMPARE(hardware()[u"pending"].toBool(), true);
        QCOMPARE(device("processor")[u"running"][u"max-cpus"].toString(), QStringLiteral("2"));
        QCOMPARE(device("sound0")[u"presence"].toString(), QStringLiteral("after-shutdown"));
        QCOMPARE(ctl({ "stop", "--force", "box", "--kind", "vm" }).exitCode, 0);
        QCOMPARE(hardware()[u"pending"].toBool(), false);
        changes({ "vm", "detach", "box", "sound0" });
        changes({ "vm", "set", "box", "--max-cpus", "2", "--cpus", "1" });
    }

    void isSwitchedInOtherWays()
    {
        if (stateAndReason().first != u"running")
            starts();
        for (const auto& words : std::vector<std::vector<std::string>>{ { "reset", "box" }, { "reboot", "box" },
                 { "send-key", "box", "ctrl+alt", "delete" }, { "autostart", "box", "on" } }) {
            std::vector<std::string> line{ "vm" };
            line.insert(line.end(), words.begin(), words.end());
            const auto done = ctl(line);
            QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
        }
        QCOMPARE(ctl({ "vm", "autostart", "box", "--json" }).json()[u"autostart"].toBool(), true);
        QCOMPARE(ctl({ "vm", "autostart", "box", "off" }).exitCode, 0);
        QCOMPARE(ctl({ "vm", "autostart", "box" }).out, QByteArray("off\n"));
        const auto unknown = ctl({ "vm", "send-key", "box", "anykey" });
        QCOMPARE(unknown.exitCode, 2);
        QVERIFY2(unknown.err.contains("key anykey: not known"), unknown.err.constData());
    }

    void goesOnWhereItWasSaved()
    {
        const auto saved = ctl({ "vm", "save", "box", "--json" });
        QVERIFY2(saved.exitCode == 0, qPrintable(saved.text()));
        QCOMPARE(saved.json()[0][u"state"].toString(), QStringLiteral("stopped"));
        QCOMPARE(ctl({ "vm", "restore", "box", "no-such-vm" }).exitCode, 3); // of several all or none
        QCOMPARE(stateAndReason().first, QStringLiteral("stopped"));
        QVERIFY2(stateAndReason().second.contains(QStringLiteral("saved")), qPrintable(stateAndReason().second));
        QCOMPARE(ctl({ "vm", "restore", "box" }).exitCode, 0);
        QCOMPARE(stateAndReason().first, QStringLiteral("running"));
        QCOMPARE(ctl({ "vm", "save", "box" }).exitCode, 0);
        QCOMPARE(ctl({ "vm", "save", "--discard", "box" }).exitCode, 0);
        QVERIFY(!stateAndReason().second.contains(QStringLiteral("saved")));
    }

    void goesOnFromAFile()
    {
        starts();
        const std::string file = path("memory.saved").toStdString();
        const auto saved = ctl({ "vm", "save", "box", "--to", file });
        QVERIFY2(saved.exitCode == 0, qPrintable(saved.text()));
        QCOMPARE(stateAndReason().first, QStringLiteral("stopped"));
        QVERIFY(!stateAndReason().second.contains(QStringLiteral("saved"))); // its own start is from the beginning
        QCOMPARE(ctl({ "vm", "save", "box", "--to", file }).exitCode, 4); // what is there stays
        QCOMPARE(ctl({ "vm", "restore", path("none.saved").toStdString() }).exitCode, 3);
        const auto noMemory = ctl({ "vm", "restore", path("medium.iso").toStdString() });
        QVERIFY2(
            noMemory.exitCode != 0 && noMemory.err.contains("vm save NAME --to FILE"), qPrintable(noMemory.text()));
        const auto restored = ctl({ "vm", "restore", file });
        QVERIFY2(restored.exitCode == 0, qPrintable(restored.text()));
        QCOMPARE(stateAndReason().first, QStringLiteral("running"));
        QVERIFY(ctl({ "vm", "restore", file }).err.contains("runs"));
        QCOMPARE(ctl({ "stop", "--force", "box", "--kind", "vm" }).exitCode, 0);

        QFile disk(path("disk.img"));
        QVERIFY(disk.open(QIODevice::ReadWrite)
            && disk.setFileTime(QDateTime::currentDateTime().addSecs(60), QFileDevice::FileModificationTime));
        disk.close();
        const auto refused = ctl({ "vm", "restore", file });
        QVERIFY2(refused.exitCode == 4 && refused.err.contains("was written since"), qPrintable(refused.text()));
        QCOMPARE(stateAndReason().first, QStringLiteral("stopped"));
        QCOMPARE(ctl({ "vm", "restore", file, "--force" }).exitCode, 0);
        QCOMPARE(ctl({ "stop", "--force", "box", "--kind", "vm" }).exitCode, 0);
        QVERIFY(QFile::exists(path("memory.saved")));
    }

    void sharesAFolderWithWhatThatNeeds()
    {
        changes({ "vm", "attach", "box", "shared-folder", "source=" + path().toStdString(), "target=here" });
        const bool isVirtiofs = field("here", "driver") == u"virtiofs"; // by libvirt's version
        QCOMPARE(field("memory", "shared-memory"), isVirtiofs ? QStringLiteral("yes") : QString());
        QCOMPARE(field("here", "source"), path());
        changes({ "vm", "undo", "box" });
        QCOMPARE(field("here", "source"), QString());
    }

    void addsTheRestOfDevices()
    {
        for (const char* kind : { "watchdog", "rng", "vsock", "nic" })
            changes({ "vm", "attach", "box", kind });
        changes({ "vm", "attach", "box", "usb", "device=1d6b:0002" });
        changes({ "vm", "detach", "box", "1d6b:0002" });
        QCOMPARE(field("watchdog0", "action"), QStringLiteral("reset"));
    }

    void givesADeviceOfTheHost()
    {
        QVERIFY(write("node.xml",
            "<node><domain type='test'><name>lab</name><memory>65536</memory><os><type>hvm</type></os></domain>"
            "<device><name>usb_1_2</name><parent>usb_usb1</parent><capability type='usb_device'><bus>1</bus>"
            "<device>3</device><product id='0xc52b'>Receiver</product><vendor id='0x046d'>Maker</vendor></capability>"
            "</device><device><name>pci_0</name><parent>computer</parent><capability type='pci'><class>0x060400</class>"
            "<domain>0</domain><bus>0</bus><slot>31</slot><function>2</function><product id='0x1'/><vendor id='0x2'/>"
            "</capability></device></node>"));
        const std::string there = "test://" + path("node.xml").toStdString();
        const auto listed = ctl({ "--connect", there, "vm", "host-devices", "--json" }).json().array();
        QCOMPARE(listed.size(), 2);
        QCOMPARE(listed[0][u"address"].toString(), QStringLiteral("1.3"));
        QVERIFY(
            listed[0][u"obstacle"].isNull() && listed[1][u"obstacle"].toString().contains(QStringLiteral("bridge")));
        for (const char* name : { "046d:c52b", "1.3", "001.003" }) {
            const auto given = ctl({ "--connect", there, "vm", "attach", "lab", "--usb", name, "--json" });
            QVERIFY2(given.exitCode == 0, qPrintable(given.text()));
            QCOMPARE(given.json()[u"device"].toString(), QString::fromLatin1(name).remove(QStringLiteral("00")));
        }
        const auto bridge = ctl({ "--connect", there, "vm", "attach", "lab", "--pci", "00:1f.2" });
        QVERIFY2(bridge.exitCode != 0 && bridge.err.contains("bridge"), qPrintable(bridge.text()));
        QCOMPARE(ctl({ "--connect", there, "vm", "attach", "lab", "--usb", "1d6b:0002" }).exitCode, 3);
        QCOMPARE(ctl({ "--connect", there, "vm", "attach", "lab" }).exitCode, 2);
    }

private:
    QString path(const char* name = "") const { return m_world.path(QString::fromLatin1(name)); }

    bool write(const char* name, const QByteArray& text) const
    {
        QFile file(path(name));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    }

    static void takesAway(const char* file)
    {
        changes({ "vm", "detach", "box", "sdc" });
        QTRY_VERIFY(!running().contains(file) && !definition().contains(file));
    }

    static QStringList disksBelow(const QString& folder)
    {
        QStringList names;
        QDirIterator files(folder, { QStringLiteral("*.qcow2"), QStringLiteral("*.raw") }, QDir::Files | QDir::Hidden,
            QDirIterator::Subdirectories);
        while (files.hasNext()) {
            files.next();
            names << files.fileName();
        }
        names.sort();
        return names;
    }

    static QJsonDocument hardware() { return ctl({ "vm", "hardware", "box", "--json" }).json(); }
    static QJsonObject device(const char* key)
    {
        for (const auto& each : hardware()[u"devices"].toArray()) {
            if (each[u"device"].toString() == QLatin1String(key))
                return each.toObject();
        }
        return {};
    }
    static QString field(const char* key, const char* name)
    {
        return device(key)[u"fields"][QLatin1String(name)].toString();
    }
    static QByteArray definition() { return ctl({ "vm", "xml", "box", "--inactive" }).out; }
    static QByteArray running() { return ctl({ "vm", "xml", "box", "--live" }).out.replace('\'', '"'); }

    static std::pair<QString, QString> stateAndReason()
    {
        const auto info = ctl({ "list", "--kind", "vm", "--json" }).json()[0];
        return { info[u"state"].toString(), info[u"state_reason"].toString() };
    }

    static void starts()
    {
        const auto started = ctl({ "start", "box", "--kind", "vm" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
    }

    /// Why it waits for a shutdown; empty where it does not. A failure fails the test, and is what is returned.
    static QString changes(std::vector<std::string> arguments)
    {
        arguments.emplace_back("--json");
        const auto changed = ctl(arguments);
        if (changed.exitCode == 0)
            return changed.json()[u"pending_reason"].toString();
        QTest::qFail(qPrintable(changed.text()), __FILE__, __LINE__);
        return changed.text();
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
};

QTEST_GUILESS_MAIN(CtlVmHardwareTest)
#include "ctl_vm_hardware_test.moc"
