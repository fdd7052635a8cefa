// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/disks/vm_folder.h"
#include "tests/support/container_world.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;
using test::ctl;

namespace {

/// A boot sector that says a word on the first serial port and rests.
std::string talkingDisk(std::string_view word)
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

/// What tells libvirt of a firmware (QEMU's docs/interop/firmware.json); the files need only be there.
QByteArray firmwareDescription(const std::string& folder, const char* features)
{
    const QByteArray at = QByteArray::fromStdString(folder);
    return R"({"description": "UEFI", "interface-types": ["uefi"], "mapping": {"device": "flash", "mode": "split",
        "executable": {"filename": ")"
        + at + R"(/code.fd", "format": "raw"}, "nvram-template": {"filename": ")" + at
        + R"(/vars.fd", "format": "raw"}}, "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]}],
        "features": [)"
        + features + R"(], "tags": []})";
}

bool qemuImgDoes(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), findExecutable("qemu-img"));
    return static_cast<bool>(runChecked({ std::move(arguments), {}, {} }, std::chrono::seconds(60)));
}

} // namespace

/// Disks of other programs as VMs, by the command line, in a private session libvirt.
class CtlVmImportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(writeFileAtomically(at("talk.raw"), talkingDisk("hull")));
        QVERIFY(qemuImgDoes({ "convert", "-f", "raw", "-O", "vmdk", at("talk.raw"), at("talk.vmdk") }));
        const std::string folder = at("home/.config/qemu/firmware");
        QVERIFY(makeFolders(folder));
        for (const char* name : { "/code.fd", "/vars.fd" })
            QVERIFY(writeFileAtomically(at("home") + name, std::string(4096, 'f')));
        QVERIFY(writeFileAtomically(folder + "/10-secure.json",
            firmwareDescription(at("home"), R"("secure-boot", "enrolled-keys", "requires-smm")").toStdString()));
        QVERIFY(writeFileAtomically(folder + "/20-plain.json", firmwareDescription(at("home"), "").toStdString()));
    }

    void cleanup()
    {
        for (const auto& value : vms())
            ctl({ "remove", value[u"id"].toString().toStdString(), "--kind", "vm" });
        QVERIFY(vms().isEmpty());
        QVERIFY(exists(at("talk.raw")) && exists(at("talk.vmdk")));
    }

    void bootsACopyOfAVmwareDisk()
    {
        const auto made = ctl({ "vm", "import", "--name", "x", "--disk", at("talk.vmdk"), "--size", "64M", "--memory",
            "128M", "--cloud-init", "user=anna,packages=vim+git", "--network", "none", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        const VmFolder folder(m_world.folders(), made.json()[u"id"].toString());
        const std::string disk = folder.diskPath().toStdString();
        QVERIFY(qemuImgDoes({ "compare", "-q", "-f", "qcow2", "-F", "raw", disk, at("talk.raw") })); // zeros beyond
        QVERIFY(QFile::exists(folder.seedPath()));
        const auto started = ctl({ "start", "x", "--kind", "vm" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QTRY_VERIFY_WITH_TIMEOUT(consoleOf(folder).contains(QStringLiteral("hull")), 60'000);
        QCOMPARE(ctl({ "stop", "x", "--kind", "vm", "--force" }).exitCode, 0);
        QCOMPARE(ctl({ "remove", "x", "--kind", "vm" }).exitCode, 0);
        QVERIFY(!QFile::exists(folder.path()));
    }

    void usesADiskInPlace()
    {
        const auto made = ctl({ "vm", "import", "--in-place", "--disk", at("talk.raw"), "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QCOMPARE(made.json()[u"name"].toString(), QStringLiteral("talk"));
        QVERIFY(!QFile::exists(VmFolder(m_world.folders(), made.json()[u"id"].toString()).diskPath()));
        const auto other = ctl({ "vm", "import", "--name", "y", "--in-place", "--disk", at("talk.vmdk") });
        QVERIFY(other.exitCode != 0);
        QVERIFY2(other.text().contains(QStringLiteral("vmdk")), qPrintable(other.text()));
    }

    /// A program of the test's own stands in for the client, and tells its words.
    void goesInsideBySsh()
    {
        const std::string port = std::to_string(test::freePort());
        const auto made = ctl({ "vm", "import", "--name", "x", "--in-place", "--disk", at("talk.raw"), "--memory",
            "128M", "--publish", port + ":22" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        const auto off = ctl({ "vm", "ssh", "x" });
        QVERIFY2(off.exitCode == 3 && off.err.contains("needs an address: it does not run"), qPrintable(off.text()));
        QCOMPARE(ctl({ "start", "x", "--kind", "vm" }).exitCode, 0);
        const auto printed = ctl({ "vm", "ssh", "x", "--user", "anna", "--print" });
        QCOMPARE(QString::fromUtf8(printed.out), QString::fromStdString("ssh -p " + port + " -- anna@127.0.0.1\n"));
        const auto told = ctl({ "vm", "ssh", "x", "--json" }).json();
        QCOMPARE(told[u"address"].toString(), QStringLiteral("127.0.0.1"));
        QCOMPARE(told[u"port"].toInt(), std::stoi(port));
        QVERIFY(told[u"user"].isNull() && told[u"jump"].isNull() && told[u"command"].toArray().size() == 5);
        const auto hostile = ctl({ "vm", "ssh", "x", "--user=-oProxyCommand=id", "--print" });
        QVERIFY2(hostile.exitCode == 2 && hostile.out.isEmpty(), qPrintable(hostile.text()));

        QVERIFY(makeFolders(at("bin")));
        QVERIFY(writeFileAtomically(at("bin/ssh"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 7\n", 0700));
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QByteArray::fromStdString(at("bin")) + ':' + path);
        const auto went = ctl({ "vm", "ssh", "x", "-u", "anna", "--", "echo", "a b", "--json" });
        qputenv("PATH", path);
        QCOMPARE(went.exitCode, 7);
        QCOMPARE(QString::fromUtf8(went.out),
            QString::fromStdString("-p\n" + port + "\n--\nanna@127.0.0.1\necho\na b\n--json\n"));
    }

    void startsFromAMediumThatTellsItsSystem()
    {
        const std::string iso = at("install.iso");
        QVERIFY(makeFolders(at("medium")));
        QVERIFY(writeFileAtomically(at("medium/boot.bin"), talkingDisk("medium").substr(0, 2048)));
        QVERIFY(runChecked({ { findExecutable("xorriso"), "-as", "mkisofs", "-quiet", "-o", iso, "-V",
                                 "Debian 11.5.0 amd64 n", "-b", "boot.bin", "-no-emul-boot", at("medium") },
                               {}, {} },
            std::chrono::seconds(30)));
        const auto made
            = ctl({ "vm", "create", "--name", "x", "--cdrom", iso, "--disk", "1G", "--firmware", "bios", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QVERIFY2(made.err.contains("debian11") && made.err.contains("LESS than its minimum"), made.err.constData());
        const auto told = ctl({ "vm", "create", "--name", "y", "--cdrom", iso, "--dry-run" });
        QVERIFY2(told.out.contains("bus=\"virtio\"") && !told.out.contains("e1000e"), told.out.constData());
        QVERIFY(ctl({ "vm", "create", "--name", "y", "--cdrom", iso, "--os", "no-such" }).exitCode != 0);

        const auto fromNetwork = ctl({ "vm", "create", "--name", "z", "--pxe", "--os", "debian11", "--dry-run" });
        QVERIFY2(fromNetwork.exitCode == 0, qPrintable(fromNetwork.text()));
        QVERIFY(fromNetwork.out.indexOf("<boot order=\"2\"") > fromNetwork.out.indexOf("<interface"));
        QVERIFY(!fromNetwork.out.contains("cdrom") && !fromNetwork.out.contains("<rom "));
        QVERIFY2(fromNetwork.err.contains("no server answers"), qPrintable(fromNetwork.text()));
        QVERIFY(ctl({ "vm", "create", "--name", "z", "--pxe", "--network", "none" }).err.contains("to start from"));
        QVERIFY(ctl({ "vm", "create", "--pxe" }).err.contains("--name"));
        QVERIFY(ctl({ "vm", "create", "--name", "z", "--pxe", "--cdrom", iso }).exitCode != 0);
        const VmFolder folder(m_world.folders(), made.json()[u"id"].toString());
        const auto started = ctl({ "start", "x", "--kind", "vm" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QTRY_VERIFY_WITH_TIMEOUT(consoleOf(folder).contains(QStringLiteral("medium")), 60'000);
    }

    void choosesTheFirmwareByTheSystem()
    {
        const auto told = [this](const char* system, const char* more) {
            return ctl({ "vm", "import", "--name", "x", "--disk", at("talk.raw"), "--os", system, more, "--dry-run",
                           "--json" })
                .json();
        };
        const auto windows = told("win11", "--copy");
        const QString xml = windows[u"xml"].toString();
        QVERIFY2(xml.contains(QStringLiteral("firmware=\"efi\"")), qPrintable(xml));
        QVERIFY(xml.contains(QStringLiteral("enabled=\"yes\" name=\"secure-boot\""))
            && xml.contains(QStringLiteral("<smm state=\"on\"")));
        const auto sentences = [](const QJsonDocument& json, const char* key) {
            QStringList all;
            for (const auto& value : json[QLatin1String(key)].toArray())
                all << value.toString();
            return all.join(u'\n');
        };
        const bool hasTpm = !findExecutable("swtpm").empty();
        QCOMPARE(xml.contains(QStringLiteral("<tpm")), hasTpm);
        QCOMPARE(sentences(windows, "warnings").contains(QStringLiteral("apt install swtpm")), !hasTpm);
        QVERIFY(sentences(windows, "reasons").contains(QStringLiteral("Secure Boot")));
        QVERIFY(told("win98", "--copy")[u"xml"].toString().contains(QStringLiteral("<os>")));
        QVERIFY(told("win11", "--firmware=bios")[u"xml"].toString().contains(QStringLiteral("<os>")));
        const auto made
            = ctl({ "vm", "import", "--name", "x", "--disk", at("talk.raw"), "--os", "archlinux", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QVERIFY(sentences(made.json(), "reasons").contains(QStringLiteral("UEFI")));
        const auto defined = ctl({ "vm", "xml", "x" });
        QVERIFY2(
            defined.out.contains("firmware='efi'") && defined.out.contains("enabled='no'"), defined.out.constData());
    }

    void describesWithoutMaking()
    {
        const auto told = ctl({ "vm", "import", "--name", "x", "--disk", at("talk.vmdk"), "--dry-run" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        QVERIFY(told.out.startsWith("<domain") && told.out.contains("disk.qcow2"));
        QVERIFY(told.out.contains("bus=\"sata\"") && told.out.contains("e1000e")); // nothing is known of its system
        QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
    }

    void leavesNothingOfAHostileDisk()
    {
        QVERIFY(
            qemuImgDoes({ "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/etc/passwd", at("evil.qcow2"), "1M" }));
        for (const char* handling : { "--copy", "--in-place" }) {
            const auto run = ctl({ "vm", "import", "--name", "x", handling, "--disk", at("evil.qcow2") });
            QVERIFY(run.exitCode != 0);
            QVERIFY2(run.text().contains(QStringLiteral("/etc/passwd")), qPrintable(run.text()));
        }
        QVERIFY(ctl({ "create", "--vm", "--name", "x", "--disk", at("evil.qcow2") }).exitCode != 0);
        QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
    }

    void refusesWhatCannotBe()
    {
        const std::vector<std::vector<std::string>> wrong{ { "--size", "512" }, { "--format", "tar" },
            { "--format", "vdi" }, { "--memory", "1M" }, { "--cloud-init", "user" },
            { "--cloud-init", "password-hash=hunter2,user=anna" }, { "--user-data", at("talk.raw") } };
        for (const auto& options : wrong) {
            std::vector<std::string> words{ "vm", "import", "--name", "x", "--disk", at("talk.vmdk") };
            words.insert(words.end(), options.begin(), options.end());
            const auto run = ctl(words);
            QVERIFY2(run.exitCode != 0, options.back().c_str());
        }
        QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
    }

private:
    std::string at(const char* name) const { return m_world.path(QLatin1String(name)).toStdString(); }
    static QString consoleOf(const VmFolder& folder)
    {
        const auto text = readFile(folder.logPath().toStdString());
        return text ? QString::fromStdString(*text) : QString();
    }
    static QJsonArray vms() { return ctl({ "list", "--kind", "vm", "--json" }).json().array(); }
    QStringList leftFolders() const
    {
        const QString parent = QFileInfo(VmFolder(m_world.folders(), QStringLiteral("x")).path()).path();
        return QDir(parent).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
};

QTEST_GUILESS_MAIN(CtlVmImportTest)
#include "ctl_vm_import_test.moc"
