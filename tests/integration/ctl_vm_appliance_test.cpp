// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/vm_folder.h"
#include "tests/support/appliance.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <unistd.h>

using namespace twinhull;
using test::ApplianceText;
using test::applianceText;
using test::ctl;

namespace {

/// A boot sector that says a word on the first serial port and rests.
std::string applianceDisk(std::string_view word)
{
    std::string code("\xba\xf8\x03", 3); // mov dx, 0x3f8
    for (const char letter : word)
        code += std::string("\xb0") + letter + "\xee"; // mov al, letter; out dx, al
    code += "\xf4\xeb\xfd"; // hlt; jmp to it
    code.resize(510, '\0');
    code += "\x55\xaa";
    code.resize(1U << 20U, '\0');
    return code;
}

/// Of no named system: to look one up takes a second.
ApplianceText unnamedSystem()
{
    ApplianceText text;
    text.system = {};
    return text;
}

bool diskToolDoes(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), findExecutable("qemu-img"));
    return static_cast<bool>(runChecked({ std::move(arguments), {}, {} }, std::chrono::seconds(60)));
}

} // namespace

/// Appliances as other programs export them, in a private session libvirt.
class CtlVmApplianceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(makeFolders(m_folder));
        QVERIFY(write("first.raw", applianceDisk("ahoy")) && write("second.raw", std::string(2U << 20U, 'd')));
        for (const char* name : { "first", "second" })
            QVERIFY(diskToolDoes({ "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized",
                at(name) + ".raw", at(name) + ".vmdk" }));
        QVERIFY(write("a.ovf", applianceText().toStdString()));
        QVERIFY(write("a.mf", test::manifestOf(m_folder, kFiles)));
        QVERIFY(test::packAppliance(m_folder, at("a.ova"), { "a.ovf", "a.mf", "first.vmdk", "second.vmdk" }));
    }

    void cleanup()
    {
        for (const auto& value : vms())
            ctl({ "remove", value[u"id"].toString().toStdString(), "--kind", "vm" });
        QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
    }

    void bootsAnArchiveOfTwoDisks()
    {
        const auto made = ctl({ "vm", "import", "--disk", at("a.ova"), "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QCOMPARE(made.json()[u"name"].toString(), QStringLiteral("Shop - Büro <1>"));
        QVERIFY2(
            made.err.contains("2 network cards") && made.err.contains("were on SCSI (lsilogic)"), made.err.constData());
        const std::string id = made.json()[u"id"].toString().toStdString();
        const QByteArray xml = ctl({ "vm", "xml", id }).out;
        QVERIFY2(
            xml.contains("<vcpu placement='static'>2</vcpu>") && xml.contains(">163840</memory>"), xml.constData());
        QVERIFY2(xml.contains("dev='sda'") && xml.contains("dev='sdc'"), xml.constData());
        QCOMPARE(xml.count("<interface type='user'>"), 2);
        const VmFolder folder(m_world.folders(), made.json()[u"id"].toString());
        QVERIFY(diskToolDoes(
            { "compare", "-q", "-f", "qcow2", "-F", "raw", folder.diskPath().toStdString(), at("first.raw") }));
        QVERIFY(diskToolDoes({ "compare", "-q", "-f", "qcow2", "-F", "raw",
            folder.path().toStdString() + "/disk-2.qcow2", at("second.raw") }));
        QVERIFY(QDir(folder.path()).entryList({ QStringLiteral("*.packed") }).isEmpty());
        const auto started = ctl({ "start", id, "--kind", "vm" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QTRY_VERIFY_WITH_TIMEOUT(consoleOf(folder).contains(QStringLiteral("ahoy")), 60'000);
    }

    void takesADescriptionWithPackedDisks()
    {
        QVERIFY(makeFolders(at("gz")));
        for (const char* name : { "/second.vmdk", "/first.vmdk" })
            QVERIFY(writeFileAtomically(at("gz") + name, *readFile(m_folder + name)));
        QVERIFY(
            runChecked({ { findExecutable("gzip"), "-n", at("gz/first.vmdk") }, {}, {} }, std::chrono::seconds(30)));
        ApplianceText text = unnamedSystem();
        text.firstHref = "first.vmdk.gz";
        text.fileAttributes = "ovf:compression=\"gzip\"";
        QVERIFY(write("gz/b.ovf", applianceText(text).toStdString()));
        QVERIFY(write("gz/b.mf", test::manifestOf(at("gz"), { "b.ovf", "first.vmdk.gz", "second.vmdk" })));
        const auto made
            = ctl({ "vm", "import", "--name", "x", "--disk", at("gz/b.ovf"), "--memory", mostMemory(), "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QCOMPARE(made.json()[u"name"].toString(), QStringLiteral("x"));
        const VmFolder folder(m_world.folders(), made.json()[u"id"].toString());
        QVERIFY(diskToolDoes(
            { "compare", "-q", "-f", "qcow2", "-F", "raw", folder.diskPath().toStdString(), at("first.raw") }));
        const auto started = ctl({ "start", "x", "--kind", "vm" }); // which may not have room for it
        QVERIFY2(started.err.contains("x may take") && started.err.contains("available now"), started.err.constData());
    }

    void tellsWhatItWouldMake()
    {
        QVERIFY(write("told.ovf", applianceText(unnamedSystem()).toStdString()));
        const auto told = ctl({ "vm", "import", "--disk", at("told.ovf"), "--dry-run" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        QVERIFY2(told.out.contains("disk-2.qcow2") && told.out.contains("Büro"), told.out.constData());
    }

    void leavesNothingOfADiskThatIsNotTheManifests()
    {
        QVERIFY(makeFolders(at("bad")));
        QVERIFY(write("bad/a.ovf", applianceText(unnamedSystem()).toStdString()));
        for (const char* name : { "/second.vmdk", "/first.vmdk" })
            QVERIFY(writeFileAtomically(at("bad") + name, *readFile(m_folder + name)));
        QVERIFY(write("bad/a.mf", test::manifestOf(at("bad"), kFiles)));
        auto bytes = *readFile(at("bad/second.vmdk"));
        bytes.back() = static_cast<char>(bytes.back() + 1);
        QVERIFY(write("bad/second.vmdk", bytes));
        QVERIFY(test::packAppliance(at("bad"), at("bad.ova"), { "a.ovf", "first.vmdk", "second.vmdk", "a.mf" }));
        for (const char* file : { "bad.ova", "bad/a.ovf" }) {
            const auto run = ctl({ "vm", "import", "--disk", at(file) });
            QVERIFY(run.exitCode != 0);
            QVERIFY2(run.text().contains(QStringLiteral("second.vmdk is not what the manifest says")),
                qPrintable(run.text()));
            QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
        }
    }

    void refusesADiskThatNamesAFileOfThisComputer()
    {
        QVERIFY(makeFolders(at("evil")));
        QVERIFY(write("evil/a.ovf", applianceText(unnamedSystem()).toStdString()));
        QVERIFY(writeFileAtomically(at("evil/second.vmdk"), *readFile(at("second.vmdk"))));
        QVERIFY(diskToolDoes(
            { "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/etc/passwd", at("evil/first.vmdk"), "1M" }));
        QVERIFY(test::packAppliance(at("evil"), at("evil.ova"), { "a.ovf", "first.vmdk", "second.vmdk" }));
        for (const char* file : { "evil.ova", "evil/a.ovf" }) {
            const auto run = ctl({ "vm", "import", "--disk", at(file) });
            QVERIFY(run.exitCode != 0);
            QVERIFY2(run.text().contains(QStringLiteral("/etc/passwd")), qPrintable(run.text()));
        }
    }

    void refusesWhatAnApplianceIsNot()
    {
        const auto inPlace = ctl({ "vm", "import", "--in-place", "--disk", at("a.ova") });
        QVERIFY2(inPlace.exitCode != 0 && inPlace.err.contains("appliance is copied"), qPrintable(inPlace.text()));
        QVERIFY(ctl({ "create", "--vm", "--name", "x", "--disk", at("a.ova") }).exitCode != 0);
        QVERIFY(write("lonely.ovf", applianceText(unnamedSystem()).replace("first.vmdk", "gone.vmdk").toStdString()));
        const auto lonely = ctl({ "vm", "import", "--disk", at("lonely.ovf") });
        QVERIFY2(lonely.exitCode != 0 && lonely.err.contains("gone.vmdk is missing"), qPrintable(lonely.text()));
    }

private:
    const std::vector<std::string> kFiles{ "a.ovf", "first.vmdk", "second.vmdk" };

    std::string at(const std::string& name) const { return m_folder + '/' + name; }
    bool write(const std::string& name, const std::string& text) const
    {
        return static_cast<bool>(writeFileAtomically(at(name), text));
    }
    static QString consoleOf(const VmFolder& folder)
    {
        const auto text = readFile(folder.logPath().toStdString());
        return text ? QString::fromStdString(*text) : QString();
    }
    /// Nearly all of this computer's, some of which is always taken.
    static std::string mostMemory()
    {
        const auto total = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
        return std::to_string((total >> 20U) - 1) + "M";
    }
    static QJsonArray vms() { return ctl({ "list", "--kind", "vm", "--json" }).json().array(); }
    QStringList leftFolders() const
    {
        const QString parent = QFileInfo(VmFolder(m_world.folders(), QStringLiteral("x")).path()).path();
        return QDir(parent).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    std::string m_folder = m_world.path(QStringLiteral("appliance")).toStdString();
};

QTEST_GUILESS_MAIN(CtlVmApplianceTest)
#include "ctl_vm_appliance_test.moc"
