// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/guest_kernel.h"
#include "core/vms/making/installer_files.h"
#include "core/vms/disks/vm_folder.h"
#include "tests/support/ctl.h"
#include "tests/support/echoing_guest.h"
#include "tests/support/file_server.h"
#include "tests/support/guest_world.h"
#include "tests/support/kernel_package.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace twinhull;
using test::ctl;

namespace {

/// Debian's own places, so that the release and the sums are known as they are of a mirror.
constexpr const char* kImages = "/debian/dists/bullseye/main/installer-amd64/current/images";
constexpr const char* kNetboot = "/netboot/debian-installer/amd64";

/// What the installer of these tests does: it says what it was told, writes the disk, and restarts.
constexpr const char* kInit = R"sh(#!/bin/busybox sh
b=/bin/busybox
$b mkdir -p /proc /sys /dev
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
for module in $($b cat /modules/load); do $b insmod /modules/$module 2>/dev/null; done
echo "told: $($b cat /proc/cmdline)"
$b sed -n 's/^d-i \(passwd.username\)/script: \1/p' /preseed.cfg
until [ -b /dev/vda ]; do :; done
$b dd if=/boot.bin of=/dev/vda conv=fsync 2>/dev/null
echo "the disk is written"
$b reboot -f
)sh";

/// $1: the package of a kernel, $2: the initramfs that it was prepared to, $3: work, $4: where linux and initrd.gz go.
constexpr const char* kMakeInstaller = R"sh(
set -e
mkdir -p "$3/root/bin" "$4"
cd "$3/root"
cpio --quiet -id < "$2"
cp "$(command -v busybox)" bin/busybox
cp ../init init && chmod 755 init
cp ../boot.bin boot.bin
find . | cpio --quiet -o -H newc | gzip -1 > "$4/initrd.gz"
dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards './boot/vmlinuz-*' > "$4/linux"
)sh";

} // namespace

/// Machines that are installed from a tree of a server, a folder or an ISO file: a real kernel, QEMU and libvirt.
class CtlVmInstallTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = test::prepareGuests();
        QVERIFY2(prepared, prepared ? "" : prepared.error().message.c_str());
        const auto package = test::sharedKernelPackage(TH_SOURCE_DIR, TH_BUILD_DIR);
        const auto kernel = findGuestKernel(m_world.folders());
        QVERIFY(package && kernel);
        QVERIFY(makeFolders(at("work")));
        QVERIFY(writeFileAtomically(at("work/init"), kInit));
        QVERIFY(test::writeEchoingDisk(at("work/boot.bin")));
        const std::string images = at("tree") + kImages;
        const auto made = runChecked({ { findExecutable("sh"), "-c", kMakeInstaller, "sh", package->toStdString(),
                                           kernel->initramfsPath.toStdString(), at("work"), images + kNetboot },
                                         {}, {} },
            std::chrono::minutes(1));
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        const auto sums = runChecked({ { findExecutable("sh"), "-c", "find . -type f | xargs sha256sum" }, {}, images },
            std::chrono::minutes(1));
        QVERIFY(sums && writeFileAtomically(images + "/SHA256SUMS", *sums));
        QVERIFY(makeFolders(at("tree/bad")));
        QVERIFY(writeFileAtomically(at("tree/bad/linux"), "<html>no such page</html>" + std::string(4096, ' ')));
        QVERIFY(writeFileAtomically(at("tree/bad/initrd.gz"), "x"));
        m_server.emplace(at("tree"));
    }

    void cleanup()
    {
        for (const auto& value : vms())
            ctl({ "remove", value[u"id"].toString().toStdString(), "--kind", "vm" });
        QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
    }

    void installsWithoutQuestionsAndThenStartsFromItsDisk()
    {
        QVERIFY(writeFileAtomically(at("password"), "s3cret-Word\n"));
        const auto made = ctl({ "vm", "create", "--name", "x", "--location", suite(), "--extra-args",
            "console=ttyS0 quiet word=hull", "--unattended", "--user", "anna", "--user-password-file", at("password"),
            "--disk", "64M", "--memory", "256M", "--firmware", "bios", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QVERIFY2(made.err.contains("debian11") && made.err.contains("next start is from its disk")
                && made.err.contains("preseed.cfg"),
            made.err.constData());
        QVERIFY(!made.err.contains("cannot be checked") && !made.text().contains(QStringLiteral("s3cret")));
        const VmFolder folder(m_world.folders(), made.json()[u"id"].toString());
        const InstallerFiles installer(folder);
        QVERIFY(installer.pending() && !installer.pending()->arguments.contains(QStringLiteral("s3cret")));
        QVERIFY(!(QFileInfo(installer.initrdPath()).permissions() & (QFile::ReadGroup | QFile::ReadOther)));
        QVERIFY(!ctl({ "vm", "xml", "x" }).out.contains("<kernel>"));
        QVERIFY(only()[u"state_reason"].toString().contains(QStringLiteral("next start runs the installer")));

        const auto started = ctl({ "start", "x", "--kind", "vm" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QVERIFY(!installer.pending());
        QCOMPARE(ctl({ "stop", "x", "--kind", "vm", "--force" }).exitCode, 0);
        QVERIFY2(only()[u"state_reason"].toString().contains(QStringLiteral("was broken off")),
            qPrintable(only()[u"state_reason"].toString()));
        const auto again = ctl({ "start", "--installer", "x", "--kind", "vm" });
        QVERIFY2(again.exitCode == 0, qPrintable(again.text()));
        QVERIFY(ctl({ "start", "--installer", "x", "--kind", "vm" }).exitCode != 0); // it runs
        QTRY_VERIFY2_WITH_TIMEOUT(
            consoleOf(folder).contains(QStringLiteral("the disk is written")), qPrintable(consoleOf(folder)), 90'000);
        const QString said = consoleOf(folder);
        QVERIFY2(
            said.contains(QStringLiteral("debconf/priority=critical console=ttyS0 quiet word=hull")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("script: passwd/username anna")), qPrintable(said));
        const auto isInstalled = [&installer] { // who sees that it is off removes what is needed no more
            return only()[u"state"].toString() == u"stopped" && !QFile::exists(installer.kernelPath())
                && !QFile::exists(installer.initrdPath());
        };
        QTRY_VERIFY(isInstalled());

        const auto none = ctl({ "start", "--installer", "x", "--kind", "vm" });
        QVERIFY2(none.exitCode == 3 && none.err.contains("no installer is kept"), qPrintable(none.text()));
        QCOMPARE(ctl({ "start", "x", "--kind", "vm" }).exitCode, 0);
        QTRY_VERIFY_WITH_TIMEOUT(consoleOf(folder).contains(QStringLiteral("ready")), 60'000);
        QVERIFY(!ctl({ "vm", "xml", "x" }).out.contains("<kernel>"));
        QCOMPARE(ctl({ "stop", "x", "--kind", "vm", "--force" }).exitCode, 0);
    }

    void leavesNothingOfAKilledProgram()
    {
        QProcess program;
        program.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            { QStringLiteral("vm"), QStringLiteral("create"), QStringLiteral("--name"), QStringLiteral("k"),
                QStringLiteral("--location"),
                QString::fromStdString(m_server->address() + "/endless/debian/dists/bullseye") });
        const auto isNoted = [this] { // whose it is: before, the empty folder is nobody's
            const QStringList folders = leftFolders();
            return !folders.isEmpty()
                && QFile::exists(VmFolder(m_world.folders(), folders.front()).path() + QStringLiteral("/libvirt-uri"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(isNoted(), 60'000);
        program.kill();
        QVERIFY(program.waitForFinished(60'000));
        QTRY_VERIFY_WITH_TIMEOUT(vms().isEmpty() && leftFolders().isEmpty(), 30'000);
    }

    void refusesWhatIsNoInstaller_data()
    {
        QTest::addColumn<QString>("location");
        QTest::addColumn<QString>("complaint");
        const QString server = QStringLiteral("SERVER");
        QTest::newRow("an empty place") << server + QStringLiteral("/bad/none") << QStringLiteral("no installer");
        QTest::newRow("a page in place of the kernel") << server + QStringLiteral("/bad") << QStringLiteral("no Linux");
        QTest::newRow("another scheme") << QStringLiteral("ftp://127.0.0.1/x") << QStringLiteral("no address");
        QTest::newRow("a login") << QStringLiteral("http://anna:secret@127.0.0.1/x") << QStringLiteral("login");
        QTest::newRow("nobody answers") << QStringLiteral("http://127.0.0.1:1/x") << QStringLiteral("try again");
        QTest::newRow("a whole medium") << server + QStringLiteral("/x.iso") << QStringLiteral("Fetch it first");
        QTest::newRow("no such path") << QStringLiteral("/no/such") << QStringLiteral("/no/such");
    }
    void refusesWhatIsNoInstaller()
    {
        QFETCH(QString, location);
        QFETCH(QString, complaint);
        location.replace(QStringLiteral("SERVER"), QString::fromStdString(m_server->address()));
        const auto run = ctl({ "vm", "create", "--name", "x", "--location", location.toStdString() });
        QVERIFY(run.exitCode != 0);
        QVERIFY2(run.text().contains(complaint), qPrintable(run.text()));
        QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
    }

    void refusesWhatIsNotAsTheSumsSay()
    {
        const std::string images = at("tree") + kImages;
        const auto sums = readFile(images + "/SHA256SUMS");
        QVERIFY(writeFileAtomically(
            images + "/SHA256SUMS", std::string(64, 'a') + "  ./netboot/debian-installer/amd64/linux\n"));
        const auto run = ctl({ "vm", "create", "--name", "x", "--location", suite() });
        QVERIFY(writeFileAtomically(images + "/SHA256SUMS", *sums));
        QVERIFY(run.exitCode != 0);
        QVERIFY2(run.err.contains("sums"), run.err.constData());
        QVERIFY(vms().isEmpty() && leftFolders().isEmpty());
    }

    void takesItOutOfAFolderAndAnIsoFile()
    {
        const std::string netboot = at("tree") + kImages + kNetboot;
        QVERIFY(makeFolders(at("medium/install.amd")));
        QVERIFY(QFile::copy(
            QString::fromStdString(netboot + "/linux"), m_world.path(QStringLiteral("medium/install.amd/vmlinuz"))));
        QVERIFY(QFile::copy(QString::fromStdString(netboot + "/initrd.gz"),
            m_world.path(QStringLiteral("medium/install.amd/initrd.gz"))));
        const std::string iso = at("debian.iso");
        QVERIFY(runChecked({ { findExecutable("xorriso"), "-as", "mkisofs", "-quiet", "-o", iso, "-V",
                                 "Debian 11.5.0 amd64 n", "-r", at("medium") },
                               {}, {} },
            std::chrono::seconds(30)));
        for (const std::string& location : { at("medium"), iso }) {
            const auto made = ctl({ "vm", "create", "--name", "x", "--location", location, "--disk", "64M", "--json" });
            QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
            const InstallerFiles installer(VmFolder(m_world.folders(), made.json()[u"id"].toString()));
            QVERIFY(readFile(installer.kernelPath().toStdString()) && installer.pending());
            QVERIFY(QFileInfo(installer.initrdPath()).size()
                == QFileInfo(QString::fromStdString(netboot + "/initrd.gz")).size());
            QCOMPARE(ctl({ "vm", "xml", "x" }).out.contains("cdrom"), location == iso);
            QCOMPARE(ctl({ "remove", "x", "--kind", "vm" }).exitCode, 0);
        }
        QVERIFY(QFile::remove(m_world.path(QStringLiteral("medium/install.amd/initrd.gz"))));
        QVERIFY(
            QFile::link(QStringLiteral("/etc/passwd"), m_world.path(QStringLiteral("medium/install.amd/initrd.gz"))));
        QVERIFY(QFile::remove(QString::fromStdString(iso)));
        QVERIFY(runChecked(
            { { findExecutable("xorriso"), "-as", "mkisofs", "-quiet", "-o", iso, "-r", at("medium") }, {}, {} },
            std::chrono::seconds(30)));
        for (const std::string& location : { at("medium"), iso }) // the link leads to a file of this computer
            QVERIFY(ctl({ "vm", "create", "--name", "x", "--location", location }).err.contains("no installer"));
    }

private:
    std::string at(const char* name) const { return m_world.path(QLatin1String(name)).toStdString(); }
    std::string suite() const { return m_server->address() + "/moved/debian/dists/bullseye"; }
    static QString consoleOf(const VmFolder& folder)
    {
        const auto text = readFile(folder.logPath().toStdString());
        return text ? QString::fromStdString(*text) : QString();
    }
    static QJsonArray vms() { return ctl({ "list", "--kind", "vm", "--json" }).json().array(); }
    static QJsonObject only() { return vms().size() == 1 ? vms()[0].toObject() : QJsonObject(); }
    QStringList leftFolders() const
    {
        const QString parent = QFileInfo(VmFolder(m_world.folders(), QStringLiteral("x")).path()).path();
        return QDir(parent).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    std::optional<test::FileServer> m_server;
};

QTEST_GUILESS_MAIN(CtlVmInstallTest)
#include "ctl_vm_install_test.moc"
