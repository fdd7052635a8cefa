// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/hardware_tab.h"

#include "tests/support/context_world.h"
#include "ui/hardware/add_device_dialog.h"
#include "ui/hardware/definition_dialog.h"
#include "ui/hardware/new_definition.h"
#include "ui/hardware/device_form.h"
#include "ui/widgets/path_editor.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace twinhull;

namespace {

HardwareField hardwareField(const char* key, HardwareField::Kind kind, const char* value)
{
    HardwareField field;
    field.key = field.label = QString::fromLatin1(key);
    field.kind = kind;
    field.value = QString::fromLatin1(value);
    return field;
}

HardwareDescription twoDevices()
{
    HardwareDescription description;
    description.definedXml = "<domain>\n  <name>box</name>\n</domain>\n";
    description.runningXml = "<domain/>";
    description.earlierDefinitions = 1;
    HardwareDevice processor{ QStringLiteral("processor"), QStringLiteral("processor"), QStringLiteral("Processors"),
        false, HardwareDevice::Presence::Defined, {} };
    processor.fields.push_back(hardwareField("cpus", HardwareField::Kind::Number, "2"));
    processor.fields.push_back(hardwareField("max-cpus", HardwareField::Kind::Number, "4"));
    processor.fields.back().runningValue = QStringLiteral("2");
    HardwareDevice disk{ QStringLiteral("vda"), QStringLiteral("disk"), QStringLiteral("Disk vda"), true,
        HardwareDevice::Presence::Defined, {} };
    disk.fields.push_back(hardwareField("cache", HardwareField::Kind::Choice, ""));
    description.devices = { processor, disk };
    return description;
}

/// Machines whose hardware the test puts there; it writes down what it was asked.
class MachineProvider : public test::FakeProvider, public HasMachineHardware, public MachineHardware {
public:
    MachineProvider() : FakeProvider(WorkloadKind::Vm) { }

    HardwareDescription description = twoDevices();
    std::vector<HardwareEdit> edits;
    std::vector<HostDevice> hostDevices;
    QByteArray defined;

    MachineHardware& hardware() override { return *this; }
    std::unique_ptr<Job> read(const WorkloadInfo&, std::shared_ptr<HardwareDescription> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [this, into]() -> Result<> {
            *into = description;
            return {};
        });
    }
    std::unique_ptr<Job> edit(
        const WorkloadInfo&, const HardwareEdit& asked, std::shared_ptr<HardwareOutcome> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("edit"), [this, asked, into]() -> Result<> {
            edits.push_back(asked);
            into->device = asked.device;
            return {};
        });
    }
    std::unique_ptr<Job> define(const QByteArray& xml, const QByteArray&, std::shared_ptr<HardwareOutcome>) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("define"), [this, xml]() -> Result<> {
            if (xml.contains("teapot"))
                return Error{ ErrorCode::InvalidArgument, "define: line 2: <teapot> is not allowed there", 0, {} };
            defined = xml;
            return {};
        });
    }
    std::unique_ptr<Job> takeBack(const WorkloadInfo&, std::shared_ptr<HardwareOutcome>) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("back"), [] { return Result<>(); });
    }
    std::vector<HardwareDevice> addable() const override { return { description.devices.back() }; }
    std::unique_ptr<Job> readHostDevices(std::shared_ptr<std::vector<HostDevice>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("devices"), [this, into]() -> Result<> {
            *into = hostDevices;
            return {};
        });
    }
};

struct HardwareWorld : test::ContextWorld {
    MachineProvider machines;
    WorkloadRegistry onlyMachines;
    AppContext machineContext{ onlyMachines, jobs, images, rings, twins, settings, temporary.folders() };
    WorkloadInfo box;

    HardwareWorld()
    {
        onlyMachines.add(&machines);
        box.id = { WorkloadKind::Vm, QStringLiteral("1") };
        box.name = QStringLiteral("box");
        box.state = WorkloadState::Running;
        machines.put(box);
    }
};

template <typename Widget>
Widget& part(QWidget& tab, const char* name)
{
    return *tab.findChild<Widget*>(QString::fromLatin1(name));
}

} // namespace

class HardwareTabTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsWhatWaitsForAShutdown()
    {
        HardwareWorld world;
        HardwareTab tab(world.machineContext);
        tab.present(world.box);
        auto& list = part<QListWidget>(tab, "deviceList");
        QCOMPARE(list.count(), 2);
        QVERIFY(list.item(0)->text().contains(QStringLiteral("pending")));
        QVERIFY(!part<QPushButton>(tab, "hardwareRestart").isHidden());
        QCOMPARE(part<QLineEdit>(tab, "hardware-max-cpus").accessibleDescription(), QStringLiteral("2 until shutdown"));
        world.machines.description.devices[0].fields[1].runningValue.reset();
        world.box.state = WorkloadState::Stopped;
        tab.present(world.box);
        QVERIFY(part<QPushButton>(tab, "hardwareRestart").isHidden());
    }

    void asksForWhatWasChangedAndNoMore()
    {
        HardwareWorld world;
        HardwareTab tab(world.machineContext);
        tab.present(world.box);
        auto& apply = part<QPushButton>(tab, "hardwareApply");
        QVERIFY(!apply.isEnabled());
        part<QLineEdit>(tab, "hardware-cpus").setText(QStringLiteral("3"));
        QVERIFY(apply.isEnabled());
        world.box.limits.cpus = 3;
        tab.present(world.box); // read again meanwhile: what is being typed stays
        QCOMPARE(part<QLineEdit>(tab, "hardware-cpus").text(), QStringLiteral("3"));
        apply.click();
        QTRY_COMPARE(world.machines.edits.size(), std::size_t(1));
        QCOMPARE(world.machines.edits[0].device, QStringLiteral("processor"));
        QCOMPARE(world.machines.edits[0].values,
            (QMap<QString, QString>{ { QStringLiteral("cpus"), QStringLiteral("3") } }));
        QTRY_VERIFY(!apply.isEnabled());
    }

    void removesADeviceButNoPartOfTheMachine()
    {
        HardwareWorld world;
        HardwareTab tab(world.machineContext);
        tab.present(world.box);
        auto& remove = part<QPushButton>(tab, "hardwareRemove");
        QVERIFY(!remove.isEnabled());
        part<QListWidget>(tab, "deviceList").setCurrentRow(1);
        QVERIFY(remove.isEnabled());
        remove.click();
        QTRY_COMPARE(world.machines.edits.size(), std::size_t(1));
        QVERIFY(world.machines.edits[0].verb == HardwareEdit::Verb::Remove);
        QCOMPARE(world.machines.edits[0].device, QStringLiteral("vda"));
    }

    void givesANewDisk()
    {
        HardwareWorld world;
        HardwareTab tab(world.machineContext);
        tab.present(world.box);
        part<QToolButton>(tab, "hardwareAdd").menu()->actions().first()->trigger();
        auto& dialog = part<AddDeviceDialog>(tab, "addDevice");
        QVERIFY2(part<QComboBox>(dialog, "diskOriginPlace").isHidden(), "a place to choose, and the host has no pools");
        part<QSpinBox>(dialog, "diskOriginSize").setValue(12);
        part<QPushButton>(dialog, "addDeviceAccept").click();
        QTRY_COMPARE(world.machines.edits.size(), std::size_t(1));
        QVERIFY(world.machines.edits[0].verb == HardwareEdit::Verb::Add);
        QCOMPARE(world.machines.edits[0].device, QStringLiteral("disk"));
        QCOMPARE(world.machines.edits[0].values,
            (QMap<QString, QString>{ { QStringLiteral("size"), QStringLiteral("12G") } }));
    }

    void asksForANewDiskInAPoolOrForAFile()
    {
        HardwareDevice kind = twoDevices().devices.back();
        kind.fields.push_back(hardwareField("source", HardwareField::Kind::Path, ""));
        AddDeviceDialog dialog(QStringLiteral("box"), kind, nullptr);
        QSignalSpy chosen(&dialog, &AddDeviceDialog::chosen);
        auto& source = part<PathEditor>(dialog, "hardware-source");
        source.setPath(QStringLiteral("/data.img"));
        QVERIFY(!source.isEnabled());
        dialog.setPools({ QStringLiteral("slow"), QStringLiteral("fast") });
        part<QComboBox>(dialog, "diskOriginPlace").setCurrentIndex(2);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        part<QPushButton>(dialog, "addDeviceAccept").click();
        QCOMPARE((chosen.takeFirst().at(0).value<QMap<QString, QString>>()),
            (QMap<QString, QString>{ { QStringLiteral("size"), QStringLiteral("20G") },
                { QStringLiteral("pool"), QStringLiteral("fast") } }));
        part<QRadioButton>(dialog, "diskOriginExisting").setChecked(true);
        QVERIFY(source.isEnabled() && !part<QSpinBox>(dialog, "diskOriginSize").isEnabled());
        part<QPushButton>(dialog, "addDeviceAccept").click();
        QCOMPARE((chosen.takeFirst().at(0).value<QMap<QString, QString>>()),
            (QMap<QString, QString>{ { QStringLiteral("source"), QStringLiteral("/data.img") } }));
    }

    void offersTheHostsDevicesAndSaysWhyNotOthers()
    {
        HardwareWorld world;
        HardwareDevice usb{ {}, QStringLiteral("usb"), QStringLiteral("USB device"), true,
            HardwareDevice::Presence::Defined, {} };
        usb.fields.push_back(hardwareField("device", HardwareField::Kind::Text, ""));
        world.machines.description.devices = { usb };
        HostDevice free{ QStringLiteral("usb"), QStringLiteral("Maker Receiver"), QStringLiteral("046d:c52b"),
            QStringLiteral("1.3") };
        free.value = QStringLiteral("1.3");
        HostDevice hub = free;
        hub.address = QStringLiteral("1.1");
        hub.obstacle = QStringLiteral("It is a hub");
        HostDevice other = free;
        other.kind = QStringLiteral("pci");
        world.machines.hostDevices = { hub, free, other };
        HardwareTab tab(world.machineContext);
        tab.present(world.box);
        part<QToolButton>(tab, "hardwareAdd").menu()->actions().first()->trigger();
        auto& dialog = part<AddDeviceDialog>(tab, "addDevice");
        auto& list = part<QListWidget>(dialog, "hostDevices");
        QTRY_COMPARE(list.count(), 2);
        QVERIFY(!list.item(0)->flags().testFlag(Qt::ItemIsEnabled));
        QVERIFY(list.item(0)->text().endsWith(QStringLiteral("\nIt is a hub")));
        list.setCurrentRow(0);
        QCOMPARE(part<QLineEdit>(dialog, "hardware-device").text(), QString());
        list.setCurrentRow(1);
        part<QPushButton>(dialog, "addDeviceAccept").click();
        QTRY_COMPARE(world.machines.edits.size(), std::size_t(1));
        QCOMPARE(world.machines.edits[0].device, QStringLiteral("usb"));
        QCOMPARE(world.machines.edits[0].values,
            (QMap<QString, QString>{ { QStringLiteral("device"), QStringLiteral("1.3") } }));
    }

    void definesXmlOnlyAfterItsDifferenceWasSeen()
    {
        HardwareWorld world;
        HardwareTab tab(world.machineContext);
        tab.present(world.box);
        part<QPushButton>(tab, "hardwareXml").click();
        auto& dialog = part<DefinitionDialog>(tab, "definitionDialog");
        auto& text = part<QPlainTextEdit>(dialog, "definitionText");
        auto& next = part<QPushButton>(dialog, "definitionNext");
        dialog.show();
        QVERIFY(QTest::qWaitForWindowActive(&dialog));
        text.setFocus();
        QTest::keyClick(&text, Qt::Key_Tab); // out of it, by the keyboard alone
        QVERIFY2(!text.hasFocus(), "the text keeps the focus");
        next.click();
        QVERIFY(!next.isEnabled()); // nothing was changed
        part<QPushButton>(dialog, "definitionBack").click();
        text.setPlainText(QStringLiteral("<domain>\n  <teapot/>\n</domain>\n"));
        next.click();
        QVERIFY(part<QPlainTextEdit>(dialog, "definitionDifference")
                    .toPlainText()
                    .contains(QStringLiteral("\n+  <teapot/>")));
        QVERIFY(world.machines.defined.isEmpty());
        next.click();
        QTRY_VERIFY(part<QLabel>(dialog, "definitionWord").text().startsWith(QStringLiteral("Line 2: <teapot>")));
        QCOMPARE(text.textCursor().blockNumber(), 1);
        text.setPlainText(QStringLiteral("<domain>\n  <name>box2</name>\n</domain>"));
        next.click();
        next.click();
        QTRY_COMPARE(world.machines.defined, QByteArray("<domain>\n  <name>box2</name>\n</domain>\n"));
    }

    void definesANewMachineAtOnce()
    {
        HardwareWorld world;
        QWidget window;
        openNewDefinition(world.machineContext, &window);
        auto& dialog = part<DefinitionDialog>(window, "definitionDialog");
        auto& text = part<QPlainTextEdit>(dialog, "definitionText");
        auto& next = part<QPushButton>(dialog, "definitionNext");
        text.setPlainText(QStringLiteral("<domain>\n  <teapot/>\n</domain>\n"));
        next.click(); // there is nothing to compare
        QTRY_VERIFY(part<QLabel>(dialog, "definitionWord").text().startsWith(QStringLiteral("Line 2: <teapot>")));
        text.setPlainText(QStringLiteral("<domain>\n  <name>new</name>\n</domain>"));
        next.click();
        QTRY_COMPARE(world.machines.defined, QByteArray("<domain>\n  <name>new</name>\n</domain>\n"));
        QTRY_VERIFY(window.findChild<DefinitionDialog*>() == nullptr); // it has closed
    }

    void isNotForWhatHasNoHardware()
    {
        test::ContextWorld world;
        WorkloadInfo web;
        web.id = { WorkloadKind::Container, QStringLiteral("1") };
        QVERIFY(HardwareTab::hardwareOf(world.context, web) == nullptr);
    }
};

QTEST_MAIN(HardwareTabTest)
#include "hardware_tab_test.moc"
