// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_unpacker.h"

#include "core/base/files.h"
#include "core/images/archive_writer.h"
#include "core/images/kept_attributes.h"
#include "tests/support/tar_builder.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/xattr.h>

using namespace twinhull;
using test::TarBuilder;
using test::TarMember;

class LayerUnpackerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<QTemporaryDir>(QDir::currentPath() + QStringLiteral("/layerXXXXXX"));
        QVERIFY(m_world->isValid());
        QVERIFY(makeFolders(path("layer")));
        QVERIFY(writeFileAtomically(path("outside"), "untouched"));
    }

    void writesFilesWithOwnerModeAndTime()
    {
        if (::geteuid() != 0)
            QSKIP("owners of others need root");
        QVERIFY(unpack(TarBuilder().folder("etc").add({ "etc/a", '0', "text", {}, 04755, 7, 8 })));
        const auto info = statOf("etc/a");
        QCOMPARE(info.st_uid, 7U);
        QCOMPARE(info.st_gid, 8U);
        QCOMPARE(info.st_mode & 07777U, 04755U);
        QCOMPARE(info.st_mtime, time_t{ 1'700'000'000 });
        QCOMPARE(statOf("etc").st_mtime, time_t{ 1'700'000'000 });
        QCOMPARE(*readFile(layer("etc/a")), std::string("text"));
    }

    void makesFoldersThatTheArchiveForgot()
    {
        QVERIFY(unpack(TarBuilder().file("a/b/c", "deep")));
        QCOMPARE(statOf("a/b").st_mode & 07777U, 0755U);
        QCOMPARE(*readFile(layer("a/b/c")), std::string("deep"));
    }

    void turnsAWhiteoutIntoADevice()
    {
        QVERIFY(unpack(TarBuilder().folder("a").file("a/.wh.gone", "")));
        const auto info = statOf("a/gone");
        QVERIFY(S_ISCHR(info.st_mode));
        QCOMPARE(info.st_rdev, dev_t{ 0 });
        QVERIFY(!exists(layer("a/.wh.gone")));
    }

    void marksAnOpaqueFolder()
    {
        if (!unpack(TarBuilder().folder("a").file("a/.wh..wh..opq", "")))
            QSKIP("this file system has no user attributes");
        char value[4] = {};
        QCOMPARE(::getxattr(layer("a").c_str(), "user.overlay.opaque", value, sizeof value), ssize_t{ 1 });
        QCOMPARE(value[0], 'y');
    }

    void knowsTheAttributesThatNoImageMayBring_data()
    {
        QTest::addColumn<bool>("isImages");
        QTest::newRow("security.capability") << true;
        QTest::newRow("user.mine") << true;
        QTest::newRow("user.overlays") << true;
        QTest::newRow("security.selinux") << false;
        QTest::newRow("trusted.overlay.opaque") << false;
        QTest::newRow("user.overlay.redirect") << false;
        QTest::newRow("user.fuseoverlayfs.opaque") << false;
        QTest::newRow("user.fuseoverlayfs.override_stat") << false;
        QTest::newRow("user.containers.override_stat") << false;
    }
    void knowsTheAttributesThatNoImageMayBring()
    {
        QFETCH(bool, isImages);
        QCOMPARE(isImageAttribute(QTest::currentDataTag()), isImages);
    }

    void letsTheLayersOwnFileWinOverItsWhiteout()
    {
        QVERIFY(unpack(TarBuilder().file("a", "own").file(".wh.a", "").file(".wh.b", "").file("b", "own")));
        QCOMPARE(*readFile(layer("a")), std::string("own"));
        QCOMPARE(*readFile(layer("b")), std::string("own"));
    }

    /// fuse-overlayfs would hide the layer's own, too.
    void keepsNoNamedMarkBesideWhatItHides()
    {
        const TarBuilder tar = TarBuilder()
                                   .file("a", "own")
                                   .file(".wh.a", "")
                                   .file(".wh.b", "")
                                   .file("b", "own")
                                   .folder("c")
                                   .file(".wh.c", "")
                                   .file(".wh.d", "")
                                   .file("d/e", "own")
                                   .file(".wh.gone", "");
        QVERIFY(unpackBytes(tar.build(), {}, Whiteouts::Named));
        for (const char* own : { "a", "b", "d/e" })
            QCOMPARE(*readFile(layer(own)), std::string("own"));
        for (const char* mark : { ".wh.gone", "c/.wh..wh..opq", "d/.wh..wh..opq" })
            QVERIFY2(exists(layer(mark)), mark);
        for (const char* mark : { ".wh.a", ".wh.b", ".wh.c", ".wh.d" })
            QVERIFY2(!exists(layer(mark)), mark);
    }

    void keepsHardLinksWithinTheLayer()
    {
        QVERIFY(unpack(TarBuilder().file("a", "same").add({ "b", '1', {}, "a" })));
        QCOMPARE(statOf("a").st_ino, statOf("b").st_ino);
    }

    void leavesDevicesOut()
    {
        TarMember device{ "disk", '3' };
        device.deviceMajor = 8;
        QVERIFY(unpack(TarBuilder().add(device).add({ "whiteout", '3' }).add({ "pipe", '6' })));
        QVERIFY(!exists(layer("disk")));
        QVERIFY(!exists(layer("whiteout")));
        QVERIFY(S_ISFIFO(statOf("pipe").st_mode));
    }

    void staysInsideWhateverTheArchiveTries_data()
    {
        QTest::addColumn<QByteArray>("tar");
        const auto row = [](const char* name, const TarBuilder& tar) {
            QTest::newRow(name) << QByteArray::fromStdString(tar.build());
        };
        row("parent folders", TarBuilder().file("../outside", "evil"));
        row("parent folders below", TarBuilder().folder("a").file("a/../../outside", "evil"));
        row("relative link on the way", TarBuilder().add({ "a", '2', {}, ".." }).file("a/outside", "evil"));
        row("link as the file", TarBuilder().add({ "a", '2', {}, "../outside" }).file("a", "evil"));
        row("hard link outwards", TarBuilder().add({ "a", '1', {}, "../outside" }).file("a", "evil"));
        row("hard link through a link",
            TarBuilder().add({ "a", '2', {}, ".." }).add({ "b", '1', {}, "a/outside" }).file("b", "evil"));
        row("whiteout of the parent", TarBuilder().file(".wh...", ""));
        row("whiteout through a link", TarBuilder().add({ "a", '2', {}, ".." }).file("a/.wh.outside", ""));
        row("folder over a link", TarBuilder().add({ "a", '2', {}, ".." }).folder("a").file("a/outside", "evil"));
    }
    void staysInsideWhateverTheArchiveTries()
    {
        QFETCH(QByteArray, tar);
        leavesAloneWhatStandsOutside(tar.toStdString());
    }

    void staysInsideWhateverIsAbsolute()
    {
        const std::string world = m_world->path().toStdString();
        for (const auto& tar : { TarBuilder().file(world + "/outside", "evil"),
                 TarBuilder().add({ "a", '2', {}, world }).file("a/outside", "evil"),
                 TarBuilder().add({ "b", '2', {}, world + "/outside" }).file("b", "evil"),
                 TarBuilder().add({ "c", '1', {}, world + "/outside" }).file("c", "evil") })
            leavesAloneWhatStandsOutside(tar.build());
    }

    void refusesMoreThanItsLimits_data()
    {
        QTest::addColumn<QByteArray>("tar");
        QTest::newRow("bytes") << QByteArray::fromStdString(TarBuilder().file("a", std::string(5000, 'x')).build());
        QTest::newRow("files") << QByteArray::fromStdString(
            TarBuilder().file("a", "").file("b", "").file("c", "").file("d", "").build());
    }
    void refusesMoreThanItsLimits()
    {
        QFETCH(QByteArray, tar);
        auto unpacked = unpackBytes(tar.toStdString(), { 4096, 3 });
        QVERIFY(!unpacked);
        QCOMPARE(unpacked.error().code, ErrorCode::Corrupt);
    }

    void refusesAPathThatIsTooDeep()
    {
        ArchiveWriter writer(ArchiveWriter::Format::Tar);
        std::string deep = "a";
        for (int i = 0; i < 300; ++i)
            deep += "/a";
        QVERIFY(writer.addFile(deep, "", {}));
        auto tar = std::move(writer).finish();
        QVERIFY(tar);
        auto unpacked = unpackBytes(*tar, {});
        QVERIFY(!unpacked);
        QCOMPARE(unpacked.error().code, ErrorCode::Corrupt);
    }

    void namesATruncatedArchive()
    {
        TarMember cut{ "a", '0', "short" };
        cut.claimedSize = 100'000;
        auto unpacked = unpack(TarBuilder().add(cut));
        QVERIFY(!unpacked);
        QCOMPARE(unpacked.error().code, ErrorCode::Corrupt);
    }

private:
    void leavesAloneWhatStandsOutside(const std::string& tar)
    {
        (void)unpackBytes(tar, {}); // refused or harmless: what matters is what stands outside
        QCOMPARE(*readFile(path("outside")), std::string("untouched"));
        QCOMPARE(QDir(m_world->path()).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System).size(), 2);
        struct stat info { };
        QCOMPARE(::stat(path("outside").c_str(), &info), 0);
        QCOMPARE(info.st_nlink, nlink_t{ 1 });
    }
    std::string path(const char* below) const { return m_world->filePath(QLatin1String(below)).toStdString(); }
    std::string layer(const char* below) const { return path("layer/") + below; }

    struct stat statOf(const char* below) const
    {
        struct stat info { };
        (void)::lstat(layer(below).c_str(), &info); // a missing file shows as zeros
        return info;
    }

    Result<> unpack(const TarBuilder& tar) { return unpackBytes(tar.build(), {}); }

    Result<> unpackBytes(const std::string& tar, UnpackLimits limits, Whiteouts whiteouts = Whiteouts::Applied)
    {
        auto root = openPath(path("layer"), O_RDONLY | O_DIRECTORY);
        auto archive = ArchiveReader::open(sourceOf(std::string_view(tar)), ArchiveReader::Format::Tar);
        if (!root || !archive)
            return Error{ ErrorCode::Unknown, "test set-up", 0, {} };
        return LayerUnpacker(*std::move(root), OverlayAttributes::User, limits, whiteouts).unpack(*archive);
    }

    std::unique_ptr<QTemporaryDir> m_world;
};

QTEST_GUILESS_MAIN(LayerUnpackerTest)
#include "layer_unpacker_test.moc"
