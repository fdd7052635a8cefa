// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/access_list.h"
#include "core/vms/networks/network_xml.h"
#include "core/vms/storage/file_obstacles.h"
#include "core/vms/storage/volume_users.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace twinhull;

namespace {

constexpr uid_t kStranger = 64055;

/// linux/posix_acl_xattr.h: who else may, beside the mode.
QByteArray accessListFor(uid_t uid, quint16 rights, quint16 mask)
{
    QByteArray list;
    const auto put16 = [&list](quint16 value) {
        value = qToLittleEndian(value);
        list.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    const auto put32 = [&list](quint32 value) {
        value = qToLittleEndian(value);
        list.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    const auto entry = [&](quint16 tag, quint16 allowed, quint32 id) {
        put16(tag);
        put16(allowed);
        put32(id);
    };
    put32(2);
    entry(0x01, 7, ~0U);
    entry(0x02, rights, uid);
    entry(0x04, 0, ~0U);
    entry(0x10, mask, ~0U);
    entry(0x20, 0, ~0U);
    return list;
}

}

class PoolAccessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_inner = m_root.path() + QStringLiteral("/it's/inner");
        QVERIFY(QDir().mkpath(m_inner));
        setMode(m_root.path(), 0755);
        setMode(m_root.path() + QStringLiteral("/it's"), 0755);
        setMode(m_inner, 0755);
    }

    void namesTheFolderThatStopsThem()
    {
        const FileUser stranger{ kStranger, { kStranger } };
        QVERIFY(!troubleOnTheWay(m_inner, stranger, FolderUse::Enter));
        setMode(m_root.path() + QStringLiteral("/it's"), 0700);
        const auto trouble = troubleOnTheWay(m_inner, stranger, FolderUse::Enter);
        QVERIFY(trouble);
        QCOMPARE(trouble->folder, m_root.path() + QStringLiteral("/it's"));
        QVERIFY2(trouble->sentence.contains(QStringLiteral("700")), qPrintable(trouble->sentence));
        QVERIFY2(trouble->nextStep.contains(QStringLiteral("setfacl -m u:64055:x '")), qPrintable(trouble->nextStep));
        QVERIFY2(trouble->nextStep.endsWith(QStringLiteral("it'\\''s'")), qPrintable(trouble->nextStep));
    }

    void tellsEnteringFromWriting()
    {
        const FileUser stranger{ kStranger, { kStranger } };
        const auto trouble = troubleOnTheWay(m_inner, stranger, FolderUse::Write);
        QVERIFY(trouble);
        QCOMPARE(trouble->folder, m_inner);
        QVERIFY(trouble->sentence.contains(QStringLiteral("write into")));
        const FileUser owner{ ::geteuid(), {} };
        QVERIFY(!troubleOnTheWay(m_inner, owner, FolderUse::Write));
        setMode(m_inner, 0500); // the owner's own rights count, whatever root may beside
        QVERIFY(troubleOnTheWay(m_inner, owner, FolderUse::Write));
    }

    void theirGroupCounts()
    {
        setMode(m_inner, 0770);
        const FileUser member{ kStranger, { ::getegid() } };
        QVERIFY(!troubleOnTheWay(m_inner, member, FolderUse::Write));
        setMode(m_inner, 0707); // the group has less than others, and it is the group's that counts
        QVERIFY(troubleOnTheWay(m_inner, member, FolderUse::Enter));
    }

    void anAccessListCounts()
    {
        const FileUser stranger{ kStranger, { kStranger } };
        setMode(m_inner, 0700);
        QVERIFY(troubleOnTheWay(m_inner, stranger, FolderUse::Enter));
        const auto give = [this](const QByteArray& list) {
            return ::setxattr(m_inner.toLocal8Bit().constData(), "system.posix_acl_access", list.constData(),
                       static_cast<std::size_t>(list.size()), 0)
                == 0;
        };
        if (!give(accessListFor(kStranger, 1, 1)))
            QSKIP("this file system has no access lists");
        QVERIFY(!troubleOnTheWay(m_inner, stranger, FolderUse::Enter));
        QVERIFY(troubleOnTheWay(m_inner, stranger, FolderUse::Write));
        QVERIFY(give(accessListFor(kStranger, 7, 0))); // the mask takes it away
        QVERIFY(troubleOnTheWay(m_inner, stranger, FolderUse::Enter));
        QVERIFY(give(accessListFor(kStranger + 1, 7, 7)));
        QVERIFY(troubleOnTheWay(m_inner, stranger, FolderUse::Enter));
    }

    void namesEachPlaceThatStopsAMachineOnce()
    {
        const FileUser stranger{ kStranger, { kStranger } };
        const QString above = m_root.path() + QStringLiteral("/it's");
        const QString disk = m_inner + QStringLiteral("/a.img");
        QVERIFY(write(disk, "a") && write(m_inner + QStringLiteral("/b.img"), "b"));
        setMode(disk, 0600);
        const std::vector<MachineFile> reached{ { disk, QStringLiteral("disk vda"), FileUse::Reach },
            { m_inner + QStringLiteral("/b.img"), QStringLiteral("disk vdb"), FileUse::Reach } };
        QVERIFY(obstaclesTo(reached, stranger, m_root.path()).empty()); // libvirt gives it the files
        setMode(above, 0700);
        setMode(m_inner, 0700);
        const auto ways = obstaclesTo(reached, stranger, m_root.path());
        QCOMPARE(ways.size(), std::size_t{ 2 });
        QCOMPARE(ways[0].place, above);
        QCOMPARE(ways[1].place, m_inner);
        QCOMPARE(ways[0].file, disk);
        QVERIFY(ways[0].isSafe && ways[1].isSafe);
        QVERIFY2(ways[0].command.startsWith(QStringLiteral("setfacl -m u:64055:x")), qPrintable(ways[0].command));
        const auto inner = obstaclesTo(reached, stranger, m_inner);
        QVERIFY(!inner[0].isSafe && inner[1].isSafe); // only what is at home
        QVERIFY(!obstaclesTo(reached, stranger, m_inner.chopped(1))[1].isSafe);
    }

    void namesTheFileThatMayNotBeOpened()
    {
        const FileUser stranger{ kStranger, { kStranger } };
        const QString disk = m_inner + QStringLiteral("/a.img");
        QVERIFY(write(disk, "a"));
        setMode(disk, 0644);
        const auto with = [&](FileUse use) {
            return obstaclesTo({ { disk, QStringLiteral("disk vda"), use } }, stranger, m_root.path());
        };
        QVERIFY(with(FileUse::Read).empty());
        const auto written = with(FileUse::Write);
        QCOMPARE(written.size(), std::size_t{ 1 });
        QCOMPARE(written[0].place, disk);
        QVERIFY(!written[0].isSafe); // a right to what is in a file is the person's to give
        QVERIFY2(
            written[0].sentence.contains(QStringLiteral("may not read and write")), qPrintable(written[0].sentence));
        QVERIFY2(
            written[0].command.startsWith(QStringLiteral("setfacl -m u:64055:rw")), qPrintable(written[0].command));
        setMode(disk, 0600);
        QVERIFY(with(FileUse::Read)[0].sentence.contains(QStringLiteral("may not read /")));
    }

    void blamesOnlyWhatTheErrorNames()
    {
        const AccessObstacle first{ QStringLiteral("disk vda"), QStringLiteral("/h/a.img"), QStringLiteral("/h"),
            QStringLiteral("they may not pass /h"), QStringLiteral("setfacl x"), true };
        const AccessObstacle second{ QStringLiteral("disk vdb"), QStringLiteral("/o/b.img"), QStringLiteral("/o"),
            QStringLiteral("they may not pass /o"), QStringLiteral("setfacl y"), true };
        const auto said = [&](const std::string& message, const char* connection = "") {
            return withObstacleNamed({ ErrorCode::Unknown, message, 0, {} }, { first, second }, QStringLiteral("box"),
                QLatin1String(connection));
        };
        const auto blamed = said("Could not open '/o/b.img': Permission denied", "lab");
        QCOMPARE(blamed.code, ErrorCode::PermissionDenied);
        QVERIFY2(blamed.message.starts_with("disk vdb /o/b.img: they may not pass /o ("), blamed.message.c_str());
        QCOMPARE(blamed.hint, std::string("Let them pass: twinhullctl --connect lab vm fix-access box"));
        QCOMPARE(said("'/h/a.img': no").hint, std::string("Let them pass: twinhullctl vm fix-access box"));
        QVERIFY(said("'/h/other.img': no").message.starts_with("they may not pass /h (")); // another file there
        QVERIFY(said("'/o/b.img2': no").message.starts_with("they may not pass /o ("));
        for (const auto& other :
            std::vector<std::string>{ "/dev/kvm: Permission denied", "'/x/o/b.img': no", "'/home': no" })
            QCOMPARE(said(other).message, other);
    }

    void opensOnlyTheFolderThatWasJudged()
    {
        const QString root = QFileInfo(m_root.path()).canonicalFilePath();
        QVERIFY(QDir(root).mkpath(QStringLiteral("judged/inner")));
        QVERIFY(QFile::link(root + QStringLiteral("/judged"), root + QStringLiteral("/link")));
        const auto allow = [](const QString& folder) {
            return allowUser(folder.toStdString(), kStranger, 1, FolderRule::OwnAsJudged);
        };
        const auto exchanged = allow(root + QStringLiteral("/link/inner"));
        QVERIFY(!exchanged && exchanged.error().code == ErrorCode::Busy && !exchanged.error().hint.empty());
        const QString others = ::geteuid() == 0 ? root + QStringLiteral("/given") : QStringLiteral("/");
        if (::geteuid() == 0)
            QVERIFY(QDir().mkpath(others) && ::chown(others.toLocal8Bit().constData(), kStranger, kStranger) == 0);
        const auto foreign = allow(others);
        QVERIFY(!foreign && foreign.error().code == ErrorCode::Busy);
        const auto allowed = allow(root + QStringLiteral("/judged/inner"));
        QVERIFY(allowed || allowed.error().code == ErrorCode::Unsupported); // this file system has no access lists
    }

    void opensTheWayForOneUserOnly()
    {
        const FileUser stranger{ kStranger, { kStranger } };
        const FileUser another{ kStranger + 1, { kStranger + 1 } };
        const QString above = m_root.path() + QStringLiteral("/it's");
        setMode(above, 0700);
        setMode(m_inner, 0750);
        const auto opened = openTheWay(m_inner, stranger, FolderUse::Write);
        if (!opened && opened.error().code == ErrorCode::Unsupported)
            QSKIP("this file system has no access lists");
        QVERIFY2(opened, opened ? "" : opened.error().toLine().c_str());
        QVERIFY(!troubleOnTheWay(m_inner, stranger, FolderUse::Write));
        QVERIFY(troubleOnTheWay(above, another, FolderUse::Enter));
        QVERIFY(troubleOnTheWay(above, stranger, FolderUse::Write)); // no more than was needed
        QVERIFY(!troubleOnTheWay(m_inner, { ::geteuid(), {} }, FolderUse::Write));
        setMode(m_inner, 0500);
        const auto owners = openTheWay(m_inner, { ::geteuid(), {} }, FolderUse::Write);
        QCOMPARE(owners.error().code, ErrorCode::PermissionDenied); // a list cannot help its owner
        QVERIFY(owners.error().hint.starts_with("chmod u+rwx"));
    }

    void readsWhatADiskIsBasedOn()
    {
        const QByteArray name = "base.qcow2";
        QByteArray header(512, '\0');
        header.replace(0, 4, "QFI\xfb");
        qToBigEndian<quint64>(256, header.data() + 8);
        qToBigEndian<quint32>(static_cast<quint32>(name.size()), header.data() + 16);
        header.replace(256, name.size(), name);
        const QString disk = m_inner + QStringLiteral("/top.qcow2");
        QVERIFY(write(disk, header));
        QCOMPARE(backingFileOf(disk), m_inner + QStringLiteral("/base.qcow2"));
        for (const QByteArray& other : { QByteArray("json:{\"driver\":\"qcow2\"}"), QByteArray("nbd://host/base") }) {
            QByteArray elsewhere = header;
            elsewhere.replace(256, other.size(), other);
            qToBigEndian<quint32>(static_cast<quint32>(other.size()), elsewhere.data() + 16);
            QVERIFY(write(disk, elsewhere));
            QVERIFY(!baseNamedIn(disk)); // it is based on something that we cannot tell
        }
        QVERIFY(write(disk, QByteArray("KDMV") + QByteArray(508, '\0')));
        QVERIFY(!baseNamedIn(disk));
        QVERIFY(!baseNamedIn(m_inner + QStringLiteral("/none/top.qcow2"))); // perhaps not mounted
        QCOMPARE(baseNamedIn(m_inner + QStringLiteral("/none.qcow2")).value(), QString());
        qToBigEndian<quint32>(100'000, header.data() + 16); // longer than the format allows
        QVERIFY(write(disk, header));
        QVERIFY(!baseNamedIn(disk) && backingFileOf(disk).isEmpty());
        QVERIFY(write(disk, "short"));
        QCOMPARE(baseNamedIn(disk).value(), QString());
        QCOMPARE(backingFileOf(m_inner), QString());
    }

    void badNetworksAreRefused_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("range");
        QTest::addColumn<QString>("device");
        const auto row
            = [](const char* name, const char* mode, const char* address, const char* range, const char* device = "") {
                  QTest::newRow(name) << QString::fromLatin1(mode) << QString::fromLatin1(address)
                                      << QString::fromLatin1(range) << QString::fromLatin1(device);
              };
        row("unknown kind", "teapot", "10.1.0.1/24", "");
        row("no prefix", "nat", "10.1.0.1", "");
        row("no address", "nat", "x/24", "");
        row("no room", "nat", "10.1.0.1/32", "");
        row("no room beside the host", "nat", "10.1.0.1/31", "");
        row("range elsewhere", "nat", "10.1.0.1/24", "10.2.0.5-10.2.0.9");
        row("range backwards", "nat", "10.1.0.1/24", "10.1.0.9-10.1.0.5");
        row("no bridge", "bridge", "", "");
        row("a device that nothing goes out by", "isolated", "10.1.0.1/24", "", "eth0");
    }
    void badNetworksAreRefused()
    {
        QFETCH(QString, mode);
        QFETCH(QString, address);
        QFETCH(QString, range);
        QFETCH(QString, device);
        MachineNetworkWish wish;
        wish.name = QStringLiteral("n");
        wish.mode = mode;
        wish.range = range;
        wish.device = device;
        if (!address.isEmpty())
            wish.addresses << address;
        const auto xml = networkXmlOf(wish, {});
        QVERIFY(!xml);
        QCOMPARE(xml.error().code, ErrorCode::InvalidArgument);
        QVERIFY(!xml.error().hint.empty());
    }

    void aFreeSubnetIsChosen()
    {
        MachineNetworkWish wish;
        wish.name = QStringLiteral("n");
        const auto xml = networkXmlOf(wish, { *IpSubnet::parse("192.168.100.0/23") });
        QVERIFY(xml);
        const auto network = parseNetwork(*xml);
        QVERIFY(network);
        QCOMPARE(network->addresses, QStringList{ QStringLiteral("192.168.102.1/24") });
        QCOMPARE(network->ranges, QStringList{ QStringLiteral("192.168.102.2-192.168.102.254") });
    }

private:
    static void setMode(const QString& path, mode_t mode)
    {
        QCOMPARE(::chmod(path.toLocal8Bit().constData(), mode), 0);
    }
    static bool write(const QString& path, const QByteArray& bytes)
    {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    }

    QTemporaryDir m_root{ QStringLiteral("/tmp/th-access-XXXXXX") };
    QString m_inner;
};

QTEST_GUILESS_MAIN(PoolAccessTest)
#include "pool_access_test.moc"
