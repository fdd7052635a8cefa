// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_packer.h"

#include "core/base/files.h"
#include "core/images/layer_unpacker.h"
#include "tests/support/tar_builder.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdio>
#include <map>

using namespace twinhull;
using test::TarBuilder;

class LayerPackerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        if (::geteuid() != 0)
            QSKIP("whiteouts and owners of others need root");
        m_world = std::make_unique<QTemporaryDir>(QDir::currentPath() + QStringLiteral("/packXXXXXX"));
        QVERIFY(makeFolders(path("upper"), 0755));
    }

    void packsWhatItsReaderTakes()
    {
        const std::string first = TarBuilder()
                                      .folder("etc")
                                      .file("etc/.wh.gone", "")
                                      .folder("full")
                                      .file("full/.wh..wh..opq", "")
                                      .file("full/new", "new")
                                      .add({ "own", '0', "text", {}, 04755, 1000, 1001 })
                                      .add({ "twin", '1', {}, "own" })
                                      .add({ "link", '2', {}, "own", 0777 })
                                      .add({ "pipe", '6', {}, {}, 0640 })
                                      .build();
        QVERIFY(unpack(first, "upper"));
        QCOMPARE(::setxattr(path("upper/own").c_str(), "user.note", "kept", 4, 0), 0);
        const auto entries = pack();
        QVERIFY(entries.contains("etc/.wh.gone") && entries.contains("full/.wh..wh..opq"));
        QCOMPARE(entries.at("twin").type, ArchiveEntry::Type::HardLink);
        QCOMPARE(entries.at("twin").linkTarget, std::string("own"));
        QCOMPARE(entries.at("own").permissions, 04755U);
        QCOMPARE(entries.at("own").uid, 1000U);
        QCOMPARE(entries.at("own").attributes.size(), std::size_t{ 1 });
        QCOMPARE(entries.at("link").linkTarget, std::string("own"));
        QCOMPARE(entries.at("pipe").type, ArchiveEntry::Type::Fifo);

        QVERIFY(makeFolders(path("again"), 0755));
        QVERIFY(unpack(*readFile(path("layer.tar")), "again"));
        struct stat info { };
        QCOMPARE(::lstat(path("again/etc/gone").c_str(), &info), 0);
        QVERIFY(S_ISCHR(info.st_mode));
        QCOMPARE(::lstat(path("again/twin").c_str(), &info), 0);
        QCOMPARE(info.st_nlink, nlink_t{ 2 });
        char value[8] = {};
        QCOMPARE(::getxattr(path("again/full").c_str(), "trusted.overlay.opaque", value, sizeof value), ssize_t{ 1 });
        QCOMPARE(::getxattr(path("again/own").c_str(), "user.note", value, sizeof value), ssize_t{ 4 });
    }

    void keepsHoles_data()
    {
        QTest::addColumn<QByteArray>("start");
        QTest::addColumn<QByteArray>("end");
        QTest::newRow("in the middle") << QByteArray("start") << QByteArray("end");
        QTest::newRow("at the end") << QByteArray("start") << QByteArray();
        QTest::newRow("nothing else") << QByteArray() << QByteArray();
    }
    void keepsHoles()
    {
        QFETCH(QByteArray, start);
        QFETCH(QByteArray, end);
        constexpr off_t kBytes = 50 << 20;
        {
            auto file = openPath(path("upper/sparse"), O_RDWR | O_CREAT);
            QVERIFY(file);
            QCOMPARE(::ftruncate(file->fd(), kBytes), 0);
            QCOMPARE(::pwrite(file->fd(), start.data(), static_cast<std::size_t>(start.size()), 0), start.size());
            QCOMPARE(::pwrite(file->fd(), end.data(), static_cast<std::size_t>(end.size()), kBytes - end.size()),
                end.size());
        }
        QCOMPARE(pack().at("sparse").bytes, static_cast<std::uint64_t>(kBytes));
        struct stat info { };
        QCOMPARE(::stat(path("layer.tar").c_str(), &info), 0);
        QVERIFY2(info.st_size < 100'000, qPrintable(QString::number(info.st_size)));
        QVERIFY(makeFolders(path("again"), 0755));
        QVERIFY(unpack(*readFile(path("layer.tar")), "again"));
        QVERIFY(*readFile(path("upper/sparse"), 64U << 20U) == *readFile(path("again/sparse"), 64U << 20U));
    }

    /// What has another name by then would be lost under both.
    void refusesACopyThatChangesMeanwhile()
    {
        QVERIFY(makeFolders(path("low"), 0755) && makeFolders(path("upper/z"), 0755));
        QVERIFY(writeFileAtomically(path("upper/a"), "a") && writeFileAtomically(path("upper/z/before"), "z"));
        const auto rename = [this](std::uint64_t, std::uint64_t) {
            (void)::rename(path("upper/z/before").c_str(), path("upper/z/after").c_str());
        };
        const auto packed = packCopy(path("upper"), { path("low") }, path("layer.tar"), rename);
        QVERIFY(!packed);
        QCOMPARE(packed.error().code, ErrorCode::Busy);
        QVERIFY(exists(path("upper/z/after")) && packCopy(path("upper"), { path("low") }, path("all.tar"), rename));
    }

    /// As a log is turned over: what was listed is there again, and what it was has a new name.
    void packsWhatACopyGotMeanwhile()
    {
        QVERIFY(makeFolders(path("low/z"), 0755) && makeFolders(path("upper/z"), 0755));
        QVERIFY(writeFileAtomically(path("low/z/as-it-was"), "") && writeFileAtomically(path("upper/z/as-it-was"), ""));
        const timespec times[2] = { { 1000, 0 }, { 1000, 0 } };
        for (const char* same : { "low/z/as-it-was", "upper/z/as-it-was" })
            QCOMPARE(::utimensat(AT_FDCWD, path(same).c_str(), times, 0), 0);
        QVERIFY(writeFileAtomically(path("upper/a"), "a") && writeFileAtomically(path("upper/z/log"), "old"));
        const auto turn = [this](std::uint64_t, std::uint64_t) {
            if (exists(path("upper/z/new")))
                return;
            (void)makeFolders(path("upper/z/new"), 0755);
            (void)::rename(path("upper/z/log").c_str(), path("upper/z/new/log").c_str());
            (void)writeFileAtomically(path("upper/z/log"), "newer");
        };
        const auto packed = packCopy(path("upper"), { path("low") }, path("layer.tar"), turn);
        QVERIFY2(packed, packed ? "" : packed.error().message.c_str());
        const auto entries = entriesOfLayer();
        QCOMPARE(entries.size(), std::size_t{ 5 }); // a, z, z/log, z/new, z/new/log
        QCOMPARE(entries.at("z/log").bytes, std::uint64_t{ 5 });
        QCOMPARE(entries.at("z/new/log").bytes, std::uint64_t{ 3 });
    }

    void leavesDevicesAndSocketsOut()
    {
        QCOMPARE(::mknod(path("upper/device").c_str(), S_IFCHR | 0600, 0x103), 0);
        QCOMPARE(::mknod(path("upper/socket").c_str(), S_IFSOCK | 0600, 0), 0);
        QVERIFY(pack().empty());
    }

    void packsTheMarksOfFuseOverlayfs()
    {
        QVERIFY(makeFolders(path("upper/full"), 0755));
        for (const char* name : { "upper/.wh.gone", "upper/full/.wh..wh..opq", "upper/full/new" })
            QVERIFY(writeFileAtomically(path(name), ""));
        QCOMPARE(::mknod(path("upper/full/.wh..opq").c_str(), S_IFCHR, 0), 0);
        QCOMPARE(::setxattr(path("upper/full/new").c_str(), "user.fuseoverlayfs.origin", "new", 3, 0), 0);
        const auto entries = pack();
        QCOMPARE(entries.size(), std::size_t{ 4 });
        QVERIFY(entries.contains(".wh.gone") && entries.contains("full/.wh..wh..opq"));
        QVERIFY(entries.at("full/new").attributes.empty());
    }

    void refusesAFolderThatOnlyOverlayCanRead()
    {
        QVERIFY(makeFolders(path("upper/moved"), 0755));
        QCOMPARE(::setxattr(path("upper/moved").c_str(), "trusted.overlay.redirect", "old", 3, 0), 0);
        const auto packed = packLayer(path("upper"), path("layer.tar"), [](std::uint64_t, std::uint64_t) {});
        QVERIFY(!packed);
        QCOMPARE(packed.error().code, ErrorCode::Unsupported);
        QVERIFY(!packed.error().hint.empty());
    }

private:
    std::string path(const char* below) const { return m_world->filePath(QLatin1String(below)).toStdString(); }

    bool unpack(const std::string& tar, const char* folder) const
    {
        auto root = openPath(path(folder), O_RDONLY | O_DIRECTORY);
        auto archive = ArchiveReader::open(sourceOf(std::string_view(tar)), ArchiveReader::Format::Tar);
        if (!root || !archive)
            return false;
        auto done = LayerUnpacker(*std::move(root), OverlayAttributes::Trusted).unpack(*archive);
        if (!done)
            qWarning("%s", done.error().message.c_str());
        return bool(done);
    }

    std::map<std::string, ArchiveEntry> pack() const
    {
        const auto packed = packLayer(path("upper"), path("layer.tar"), [](std::uint64_t, std::uint64_t) {});
        if (!packed)
            qWarning("%s", packed.error().message.c_str());
        return entriesOfLayer();
    }

    std::map<std::string, ArchiveEntry> entriesOfLayer() const
    {
        std::map<std::string, ArchiveEntry> entries;
        auto file = openPath(path("layer.tar"), O_RDONLY);
        auto archive = ArchiveReader::open(sourceOf(*std::move(file)), ArchiveReader::Format::Tar);
        for (auto entry = archive->next(); entry && *entry; entry = archive->next()) {
            std::string name = (*entry)->path;
            while (name.ends_with("/"))
                name.pop_back();
            entries.emplace(name, **entry);
        }
        return entries;
    }

    std::unique_ptr<QTemporaryDir> m_world;
};

QTEST_GUILESS_MAIN(LayerPackerTest)
#include "layer_packer_test.moc"
