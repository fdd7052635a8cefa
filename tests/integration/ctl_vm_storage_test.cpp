// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/vm_orphans.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <signal.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;
using test::ctl;

namespace {

constexpr qint64 kMebibyte = 1 << 20;
constexpr int kLargeMebibytes = 400; ///< not carried before a signal arrives

const QByteArray kMachine = R"(<domain type='qemu'>
  <name>box</name>
  <memory unit='MiB'>64</memory>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
  </os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='DISK'/>
      <target dev='vda' bus='virtio'/>
    </disk>
  </devices>
</domain>
)";

/// Two pieces with a hole between.
QByteArray pieces()
{
    QByteArray bytes(6 * kMebibyte, '\0');
    for (qsizetype i = 0; i < kMebibyte; ++i)
        bytes[i] = static_cast<char>(i * 7 + i / 251);
    bytes[5 * kMebibyte] = 'x';
    return bytes;
}

}

/// Pools and volumes from the command line, in a real session of libvirt; nothing boots on the empty disk.
class CtlVmStorageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QFile hollow(path("hollow.img"));
        const QByteArray bytes = pieces();
        QVERIFY(hollow.open(QIODevice::WriteOnly) && hollow.resize(bytes.size()));
        QVERIFY(
            hollow.write(bytes.left(kMebibyte)) == kMebibyte && hollow.seek(5 * kMebibyte) && hollow.write("x") == 1);
        hollow.close();
        does({ "pool", "create", "disks", "dir", "target=" + path("disks").toStdString() });
        QVERIFY(QDir(path("disks")).exists());
    }

    void listsWhatThereIs()
    {
        const auto pool = ctl({ "pool", "info", "disks", "--json" }).json();
        QCOMPARE(pool[u"type"].toString(), QStringLiteral("dir"));
        QCOMPARE(pool[u"running"].toBool(), true);
        QCOMPARE(pool[u"autostart"].toBool(), true);
        QVERIFY(pool[u"available_bytes"].toDouble() > 0);
        QVERIFY2(pool[u"trouble"].isNull(), qPrintable(pool[u"trouble"].toString()));
        QCOMPARE(ctl({ "pool", "info", "none" }).exitCode, 3);
        bool hasFolders = false;
        for (const auto& kind : ctl({ "pool", "types", "--json" }).json().array())
            hasFolders = hasFolders || (kind[u"type"].toString() == u"dir" && kind[u"supported"].toBool());
        QVERIFY(hasFolders);
    }

    void carriesADiskInAndOut()
    {
        does({ "pool", "volume", "upload", "disks", "carried", path("hollow.img").toStdString() });
        QCOMPARE(volume("carried")[u"capacity_bytes"].toDouble(), 6.0 * kMebibyte);
        does({ "pool", "volume", "download", "disks", "carried", path("back.img").toStdString() });
        QVERIFY(read("back.img") == pieces());
        QVERIFY2(blocksOf("back.img") < 3 * kMebibyte, "the hole was filled");
        QCOMPARE(ctl({ "pool", "volume", "download", "disks", "carried", path("back.img").toStdString() }).exitCode, 4);
        QCOMPARE(ctl({ "pool", "volume", "upload", "disks", "carried", path("back.img").toStdString() }).exitCode, 4);
        QCOMPARE(ctl({ "pool", "volume", "upload", "disks", "x", path("none.img").toStdString() }).exitCode, 3);
        QVERIFY(volume("x").isEmpty());
    }

    void aCancelledUploadLeavesNothing()
    {
        QFile large(path("large.img"));
        QVERIFY(large.open(QIODevice::WriteOnly));
        const QByteArray piece(kMebibyte, 'x');
        for (int i = 0; i < kLargeMebibytes; ++i)
            QCOMPARE(large.write(piece), kMebibyte);
        large.close();
        QProcess uploading;
        uploading.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            { QStringLiteral("pool"), QStringLiteral("volume"), QStringLiteral("upload"), QStringLiteral("disks"),
                QStringLiteral("large"), path("large.img") });
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(path("disks/large")).size() > 0, 30'000);
        QCOMPARE(::kill(static_cast<pid_t>(uploading.processId()), SIGINT), 0);
        QVERIFY(uploading.waitForFinished(60'000));
        QCOMPARE(uploading.exitCode(), 6);
        QVERIFY(!QFile::exists(path("disks/large")));
        QVERIFY(QFile::remove(path("large.img")));
    }

    void refusesADiskThatNamesOtherFiles()
    {
        QByteArray header(512, '\0');
        header.replace(0, 8, QByteArray("QFI\xfb\0\0\0\3", 8));
        header[15] = 64; // where the name stands
        header[19] = 11;
        header.replace(64, 11, "/etc/shadow");
        QVERIFY(write("evil.qcow2", header));
        const auto refused = ctl({ "pool", "volume", "upload", "disks", "evil", path("evil.qcow2").toStdString() });
        QCOMPARE(refused.exitCode, 2);
        QVERIFY2(refused.err.contains("/etc/shadow"), refused.err.constData());
        QVERIFY(volume("evil").isEmpty());
    }

    void copiesResizesAndWipes()
    {
        does({ "pool", "volume", "clone", "disks", "carried", "copy" });
        does({ "pool", "volume", "download", "disks", "copy", path("copy.img").toStdString() });
        QVERIFY(read("copy.img") == pieces());
        does({ "pool", "volume", "resize", "disks", "copy", "8M" });
        QCOMPARE(volume("copy")[u"capacity_bytes"].toDouble(), 8.0 * kMebibyte);
        const auto refused = ctl({ "pool", "volume", "resize", "disks", "copy", "4M" });
        QCOMPARE(refused.exitCode, 2);
        QVERIFY2(refused.err.contains("--shrink"), refused.err.constData());
        does({ "pool", "volume", "resize", "disks", "copy", "4M", "--shrink" });
        QCOMPARE(volume("copy")[u"capacity_bytes"].toDouble(), 4.0 * kMebibyte);
        does({ "pool", "volume", "wipe", "disks", "copy" });
        does({ "pool", "volume", "download", "disks", "copy", path("wiped.img").toStdString() });
        QVERIFY(read("wiped.img") == QByteArray(4 * kMebibyte, '\0'));
        does({ "pool", "volume", "delete", "disks", "copy" });
        QVERIFY(volume("copy").isEmpty());
    }

    void saysWhoUsesAVolume()
    {
        does({ "pool", "volume", "create", "disks", "base.qcow2", "--size", "8M" });
        does({ "pool", "volume", "create", "disks", "top.qcow2", "--backing", path("disks/base.qcow2").toStdString() });
        QCOMPARE(volume("top.qcow2")[u"based_on"].toString(), path("disks/base.qcow2"));
        QCOMPARE(volume("top.qcow2")[u"format"].toString(), QStringLiteral("qcow2"));
        QByteArray xml = kMachine;
        QVERIFY(write("box.xml", xml.replace("DISK", path("disks/top.qcow2").toUtf8())));
        does({ "vm", "define", path("box.xml").toStdString() });
        QCOMPARE(volume("top.qcow2")[u"used_by"][0][u"name"].toString(), QStringLiteral("box"));
        const auto refused = ctl({ "pool", "volume", "delete", "disks", "base.qcow2", "--force" });
        QCOMPARE(refused.exitCode, 4);
        QVERIFY2(refused.err.contains("box (what disk vda is based on)"), refused.err.constData());
    }

    void aRunningMachineKeepsItsDisk()
    {
        does({ "start", "box", "--kind", "vm" });
        QCOMPARE(volume("top.qcow2")[u"used_by"][0][u"running"].toBool(), true);
        does({ "pool", "volume", "resize", "disks", "top.qcow2", "12M" });
        QCOMPARE(volume("top.qcow2")[u"capacity_bytes"].toDouble(), 12.0 * kMebibyte);
        const std::string to = path("torn.img").toStdString();
        for (const auto& words : std::vector<std::vector<std::string>>{ { "pool", "stop", "disks" },
                 { "pool", "volume", "delete", "-f", "disks", "top.qcow2" },
                 { "pool", "volume", "resize", "disks", "top.qcow2", "1M", "--shrink" },
                 { "pool", "volume", "download", "disks", "top.qcow2", to } }) {
            const auto refused = ctl(words);
            QVERIFY2(refused.exitCode == 4 && refused.err.contains("runs"), qPrintable(refused.text()));
        }
        does({ "stop", "--force", "box", "--kind", "vm" });
        does({ "pool", "volume", "delete", "disks", "top.qcow2", "--force" });
        does({ "pool", "volume", "delete", "disks", "base.qcow2" });
    }

    void aNewMachinesDiskIsAVolume()
    {
        const auto makes = [](const std::string& name, const std::string& disk, const std::string& network) {
            return ctl(
                { "vm", "create", "--name", name, "--pxe", "--disk", disk, "--memory", "64M", "--network", network });
        };
        const auto made = makes("pooled", "pool=disks,size=1,name=root.img,format=raw", "user,model=e1000");
        QVERIFY2(made.exitCode == 0 && made.err.contains("removing the VM leaves it"), qPrintable(made.text()));
        QCOMPARE(volume("root.img")[u"capacity_bytes"].toDouble(), 1024.0 * kMebibyte);
        QCOMPARE(volume("root.img")[u"format"].toString(), QStringLiteral("raw"));
        QCOMPARE(volume("root.img")[u"used_by"][0][u"name"].toString(), QStringLiteral("pooled"));
        const QByteArray xml = ctl({ "vm", "xml", "pooled" }).out;
        QVERIFY2(xml.contains("<model type='e1000'"), xml.constData());

        const auto taken = makes("other", "pool=disks,size=1G,name=root.img", "user");
        QVERIFY2(taken.exitCode == 4 && taken.err.contains("is in pool disks already"), qPrintable(taken.text()));
        const auto noPool = makes("other", "pool=none,size=1G", "user");
        QVERIFY2(noPool.exitCode == 3 && noPool.err.contains("It has: disks"), qPrintable(noPool.text()));
        const auto noNetwork = makes("other", "pool=disks,size=1G", "network=none-such");
        QVERIFY2(noNetwork.exitCode == 3 && noNetwork.err.contains("no virtual network none-such"),
            qPrintable(noNetwork.text()));
        QVERIFY(makes("other", "1G", "bridge=no-bridge").err.contains("there is no bridge no-bridge"));
        QCOMPARE(makes("other", "pool=disks,bytes=1G", "user").exitCode, 2);
        QVERIFY(volume("other.qcow2").isEmpty()); // of all that was refused
    }

    void aVmIsDeletedWithTheDisksThatArePointedAt()
    {
        const QString root = path("disks/root.img");
        QCOMPARE(disksOf("pooled").size(), 1);
        QCOMPARE(disksOf("pooled")[0][u"path"].toString(), root);
        QCOMPARE(disksOf("pooled")[0][u"volume"].toString(), QStringLiteral("root.img"));
        QCOMPARE(disksOf("pooled")[0][u"capacity_bytes"].toDouble(), 1024.0 * kMebibyte);
        QVERIFY(disksOf("pooled")[0][u"kept_because"].toString().isEmpty());

        define("second", root);
        QCOMPARE(disksOf("pooled")[0][u"used_by"][0].toString(), QStringLiteral("second"));
        const auto refused = ctl({ "vm", "delete", "pooled", "--with-disk", "sda" });
        QVERIFY2(refused.exitCode == 4 && refused.err.contains("used by second too"), qPrintable(refused.text()));
        QCOMPARE(ctl({ "vm", "delete", "pooled", "--with-disk", "/etc/hostname" }).exitCode, 3);
        QCOMPARE(disksOf("pooled").size(), 1); // it is there as before
        const auto left = ctl({ "vm", "delete", "second" });
        QVERIFY2(left.exitCode == 0 && left.out.contains("used by pooled too): stays"), qPrintable(left.text()));
        QVERIFY(!volume("root.img").isEmpty());
        does({ "vm", "delete", "pooled", "--with-disk", "sda" });
        QVERIFY(volume("root.img").isEmpty() && !QFile::exists(root));
    }

    void aDiskInNoPoolIsDeletedWithItsVm()
    {
        QVERIFY(write("loose.img", QByteArray(kMebibyte, '\0')) && write("other.img", "x")); // in no pool
        define("loose", path("loose.img"));
        {
            QFile held(path("loose.img")); // as QEMU holds what it has open
            struct flock lock { };
            lock.l_type = F_RDLCK;
            lock.l_start = 100;
            lock.l_len = 1;
            QVERIFY(held.open(QIODevice::ReadOnly) && ::fcntl(held.handle(), F_OFD_SETLK, &lock) == 0);
            const auto told = ctl({ "vm", "delete", "loose", "--with-disk", "vda", "--dry-run" });
            QVERIFY2(told.exitCode == 4 && told.err.contains("open and locked"), qPrintable(told.text()));
            QCOMPARE(ctl({ "vm", "delete", "loose", "--with-disk", "vda" }).exitCode, 4);
            QCOMPARE(disksOf("loose").size(), 1);
        }
        QByteArray murky(512, '\0'); // what it is based on is in words that nobody here reads
        murky.replace(0, 8, QByteArray("QFI\xfb\0\0\0\2", 8));
        murky[15] = 64;
        murky[19] = 6;
        murky.replace(64, 6, "json:{");
        QVERIFY(write("murky.img", murky));
        define("murky", path("murky.img"));
        const auto unclear = ctl({ "vm", "delete", "loose", "--with-disk", "vda" });
        QVERIFY2(unclear.exitCode == 4 && unclear.err.contains("cannot be told"), qPrintable(unclear.text()));
        QVERIFY(QFile::exists(path("loose.img")));
        does({ "vm", "delete", "murky" });
        QCOMPARE(disksOf("loose")[0][u"pool"].toString(), QString());
        does({ "vm", "delete", "loose", "--with-disk", path("loose.img").toStdString() });
        QVERIFY(!QFile::exists(path("loose.img")) && QFile::exists(path("other.img")));
        QVERIFY(ctl({ "vm", "delete", "loose", "--dry-run" }).exitCode == 3);
    }

    /// As kill -9 leaves them between the disk and the definition.
    void sweepsTheDiskOfAMachineThatNeverWas()
    {
        does({ "pool", "volume", "create", "disks", "half.qcow2", "--size", "1M" });
        does({ "pool", "volume", "create", "disks", "taken.qcow2", "--size", "1M" });
        QByteArray xml = kMachine;
        xml.replace("<name>box<", "<name>taker<");
        QVERIFY(write("taker.xml", xml.replace("DISK", path("disks/taken.qcow2").toUtf8())));
        does({ "vm", "define", path("taker.xml").toStdString() });
        const VmFolder half(m_world.folders(), QStringLiteral("11111111-1111-4111-8111-111111111111"));
        const VmFolder taken(m_world.folders(), QStringLiteral("22222222-2222-4222-8222-222222222222"));
        QVERIFY(beginVmFolder(taken, QStringLiteral("qemu:///session"))); // given back at once
        QVERIFY(noteVolumeOfMaking(taken, { QStringLiteral("disks"), QStringLiteral("taken.qcow2") }));
        QVERIFY(beginVmFolder(half, QStringLiteral("qemu:///session")));
        QVERIFY(noteVolumeOfMaking(half, { QStringLiteral("disks"), QStringLiteral("half.qcow2") }));
        const auto areSwept = [&] {
            (void)ctl({ "list", "--kind", "vm" }); // each run sweeps
            return !QFile::exists(half.path()) && !QFile::exists(taken.path());
        };
        QTRY_VERIFY_WITH_TIMEOUT(areSwept(), 20'000);
        QVERIFY(volume("half.qcow2").isEmpty() && !QFile::exists(path("disks/half.qcow2")));
        QVERIFY(QFile::exists(path("disks/taken.qcow2")));
        does({ "vm", "delete", "taker", "--with-disk", "vda" });
    }

    void namesWhatKeepsMachinesOut()
    {
        if (::geteuid() != 0)
            QSKIP("only root can give a folder away");
        const QByteArray folder = path("disks").toLocal8Bit();
        struct stat before { };
        QVERIFY(::stat(folder.constData(), &before) == 0 && ::chown(folder.constData(), 12345, 12345) == 0);
        const auto pool = ctl({ "pool", "info", "disks", "--json" }).json();
        QVERIFY2(pool[u"trouble"].toString().contains(QStringLiteral("it belongs to 12345")),
            qPrintable(pool[u"trouble"].toString()));
        QVERIFY(pool[u"next_step"].toString().startsWith(QStringLiteral("setfacl -m u:")));
        const auto refused = ctl({ "pool", "volume", "create", "disks", "more", "--size", "1M" });
        QVERIFY2(refused.exitCode == 5, qPrintable(refused.text())); // the session's root is no root
        does({ "pool", "allow", "disks" });
        QVERIFY(ctl({ "pool", "info", "disks", "--json" }).json()[u"trouble"].isNull());
        does({ "pool", "volume", "create", "disks", "more", "--size", "1M" });
        QCOMPARE(::chown(folder.constData(), before.st_uid, before.st_gid), 0);
    }

    void aRefusedPoolLeavesNothing()
    {
        const auto refused = ctl({ "pool", "create", "nas", "netfs", "host=127.0.0.1", "export=/none",
            "target=" + path("nas").toStdString() });
        QVERIFY2(refused.exitCode != 0, qPrintable(refused.text()));
        QCOMPARE(ctl({ "pool", "info", "nas" }).exitCode, 3);
        QVERIFY(!QDir(path("nas")).exists());
        const auto unnamed = ctl({ "pool", "volume", "create", "disks", "../out", "--size", "1M" });
        QVERIFY2(unnamed.exitCode == 2 && unnamed.err.contains("slashes"), qPrintable(unnamed.text()));
        QCOMPARE(ctl({ "pool", "create", "disks", "dir", "target=/tmp" }).exitCode, 4);
        QCOMPARE(ctl({ "pool", "create", "x", "dir" }).exitCode, 2);
    }

    void namesTheFileThatAMachineMayNotOpen()
    {
        QVERIFY(write("locked.img", QByteArray(kMebibyte, '\0')));
        define("locked", path("locked.img"));
        QCOMPARE(ctl({ "vm", "fix-access", "locked", "--json" }).json().array().size(), 0);
        QCOMPARE(::chmod(path("locked.img").toLocal8Bit().constData(), 0), 0);
        const auto told = ctl({ "vm", "fix-access", "locked", "--json", "--yes" });
        QCOMPARE(told.exitCode, 5);
        const auto obstacle = told.json()[0];
        QCOMPARE(obstacle[u"place"].toString(), QFileInfo(path("locked.img")).canonicalFilePath());
        QVERIFY2(
            obstacle[u"sentence"].toString().contains(QStringLiteral("may not read and write")), told.out.constData());
        QVERIFY(obstacle[u"command"].toString().startsWith(QStringLiteral("chmod u+rw ")));
        QVERIFY(!obstacle[u"safe"].toBool(true) && !obstacle[u"fixed"].toBool(true));
        if (::geteuid() != 0) { // whom nothing stops
            const auto refused = ctl({ "start", "locked" });
            QCOMPARE(refused.exitCode, 5);
            QVERIFY2(refused.err.contains("disk vda ") && refused.err.contains("may not read and write")
                    && refused.err.contains("chmod u+rw "),
                refused.err.constData());
        }
        does({ "vm", "delete", "locked" });
    }

    void aRunningPoolIsDefinedForItsNextStart()
    {
        const QByteArray before = ctl({ "pool", "xml", "disks", "--inactive" }).out;
        QVERIFY2(before.contains("<pool type=") && !before.contains("<available"), before.constData());
        QVERIFY(ctl({ "pool", "xml", "disks" }).out.contains("<available"));
        QVERIFY(write("bad.xml", QByteArray(before).replace("<target>", "<target><teapot/>")));
        const auto refused = ctl({ "pool", "xml", "disks", "--set", path("bad.xml").toStdString() });
        QCOMPARE(refused.exitCode, 2);
        QVERIFY2(refused.err.contains("schema") && refused.err.contains("line "), refused.err.constData());
        QCOMPARE(ctl({ "pool", "xml", "disks", "--inactive" }).out, before);
        QVERIFY(write("next.xml", QByteArray(before).replace("/disks</path>", "/later</path>")));
        const auto set = ctl({ "pool", "xml", "disks", "--set", path("next.xml").toStdString() });
        QCOMPARE(set.exitCode, 0);
        QVERIFY2(set.err.contains("Pending until restart"), set.err.constData());
        const auto pending = ctl({ "pool", "xml", "disks", "--json" }).json();
        QCOMPARE(pending[u"pending"].toBool(), true);
        QVERIFY(pending[u"xml"].toString().contains(QStringLiteral("/disks</path>"))); // what runs
        QVERIFY(write("before.xml", before));
        does({ "pool", "xml", "disks", "--set", path("before.xml").toStdString() });
        QCOMPARE(ctl({ "pool", "xml", "disks", "--json" }).json()[u"pending"].toBool(), false);
        QCOMPARE(ctl({ "pool", "xml", "none" }).exitCode, 3);
    }

    void stopsLooksAgainAndGoes()
    {
        does({ "pool", "stop", "disks" });
        QVERIFY(ctl({ "pool", "info", "disks", "--json" }).json()[u"available_bytes"].isNull());
        does({ "pool", "start", "disks" });
        QVERIFY(write("disks/by-hand.img", "12345"));
        does({ "pool", "refresh", "disks" });
        QVERIFY(!volume("by-hand.img").isEmpty());
        does({ "pool", "autostart", "disks", "off" });
        QCOMPARE(ctl({ "pool", "info", "disks", "--json" }).json()[u"autostart"].toBool(), false);
        does({ "pool", "delete", "disks" });
        QCOMPARE(ctl({ "pool", "info", "disks" }).exitCode, 3);
        QVERIFY(QFile::exists(path("disks/by-hand.img")));
    }

    void networksNeedRootsLibvirt()
    {
        const auto refused = ctl({ "vm", "network", "create", "back", "--address", "10.200.7.1/24" });
        QCOMPARE(refused.exitCode, 5);
        QVERIFY2(refused.err.contains("--connect qemu:///system"), refused.err.constData());
        QCOMPARE(ctl({ "vm", "network", "list", "--json" }).json().array().size(), 0);
        QCOMPARE(ctl({ "vm", "network", "info", "back" }).exitCode, 3);
        const auto all = ctl({ "vm", "network", "list", "--connect", "test:///default", "--json" }).json();
        QCOMPARE(all[0][u"name"].toString(), QStringLiteral("default"));
        QCOMPARE(all[0][u"mode"].toString(), QStringLiteral("nat"));
        QCOMPARE(all[0][u"used_by"][0].toString(), QStringLiteral("test"));
    }

private:
    QString path(const char* name) const { return m_world.path(QString::fromLatin1(name)); }

    bool write(const char* name, const QByteArray& bytes) const
    {
        QFile file(path(name));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    }
    QByteArray read(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    qint64 blocksOf(const char* name) const
    {
        struct stat info { };
        return ::stat(path(name).toLocal8Bit().constData(), &info) == 0 ? info.st_blocks * 512 : -1;
    }

    static QJsonObject volume(const char* name)
    {
        for (const auto& each : ctl({ "pool", "volume", "list", "disks", "--json" }).json().array()) {
            if (each[u"name"].toString() == QLatin1String(name))
                return each.toObject();
        }
        return {};
    }

    static QJsonArray disksOf(const char* name)
    {
        return ctl({ "vm", "delete", name, "--dry-run", "--json" }).json()[u"disks"].toArray();
    }

    void define(const char* name, const QString& disk) const
    {
        QByteArray xml = kMachine;
        xml.replace("<name>box<", QByteArray("<name>") + name + '<').replace("'qcow2'", "'raw'");
        QVERIFY(write("one.xml", xml.replace("DISK", disk.toUtf8())));
        does({ "vm", "define", path("one.xml").toStdString() });
    }

    static void does(const std::vector<std::string>& arguments)
    {
        const auto done = ctl(arguments);
        QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
};

QTEST_GUILESS_MAIN(CtlVmStorageTest)
#include "ctl_vm_storage_test.moc"
