// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_jobs.h"
#include "tests/support/image_archive.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QTest>

#include <unistd.h>

using namespace twinhull;
using namespace std::chrono_literals;
using test::TarBuilder;

namespace {

/// Every path of a tree with what a program in it can see: type, mode, owner, links, size and time of what is no
/// folder, content.
constexpr const char* kDescribe
    = "cd \"$1\" && find . -mindepth 1 ! -type d -printf '%p %y %m %U:%G %n %s %Ts %l\\n' -o -mindepth 1 "
      "-type d -printf '%p %y %m %U:%G\\n' | LC_ALL=C sort && find . -type f | LC_ALL=C sort | xargs sha256sum";

} // namespace

/// The tree that a container sees of an image, against what umoci unpacks of the same image.
class ImageUmociTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void unpacksTheSameTree_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        using Bytes = QByteArray;
        const auto tar = [](const TarBuilder& builder) { return Bytes::fromStdString(builder.build()); };
        const TarBuilder lower = TarBuilder()
                                     .folder("etc")
                                     .file("etc/gone", "1")
                                     .file("etc/kept", "2")
                                     .folder("full")
                                     .file("full/a", "a")
                                     .folder("full/below")
                                     .file("full/below/b", "b")
                                     .folder("was-folder")
                                     .file("was-folder/c", "c")
                                     .file("was-file", "d")
                                     .add({ "link", '2', {}, "etc/kept", 0777 });
        QTest::newRow("whiteouts") << tar(lower)
                                   << tar(TarBuilder().file("etc/.wh.gone", "").file("full/.wh.below", ""));
        QTest::newRow("an opaque folder")
            << tar(lower) << tar(TarBuilder().folder("full").file("full/.wh..wh..opq", "").file("full/new", "n"));
        QTest::newRow("a folder becomes a file, a file a folder")
            << tar(lower) << tar(TarBuilder().file("was-folder", "now").folder("was-file").file("was-file/in", "in"));
        QTest::newRow("a whiteout and its own of that name")
            << tar(lower) << tar(TarBuilder().file(".wh.full", "").folder("full").file("full/other", "o"));
        QTest::newRow("owners and set-id bits") << tar(lower)
                                                << tar(TarBuilder()
                                                           .add({ "etc/own", '0', "x", {}, 04755, 1000, 1001 })
                                                           .add({ "own", '5', {}, {}, 01777, 7, 8 }));
        QTest::newRow("hard links and a fifo") << tar(lower)
                                               << tar(TarBuilder()
                                                          .file("one", "same")
                                                          .add({ "etc/two", '1', {}, "one" })
                                                          .add({ "pipe", '6', {}, {}, 0640, 1, 2 }));
        QTest::newRow("through a link of the layer") << tar(
            lower) << tar(TarBuilder().folder("real").add({ "alias", '2', {}, "real", 0777 }).file("real/in", "x"));
    }
    void unpacksTheSameTree()
    {
        if (::geteuid() != 0)
            QSKIP("mounting an overlay and unpacking as umoci does needs root");
        if (findExecutable("umoci").empty() || findExecutable("skopeo").empty())
            QSKIP("umoci or skopeo is not installed");
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        const test::TemporaryWorld world;
        const auto path = [&](const char* name) { return world.path(QLatin1String(name)).toStdString(); };
        ImageStore store(world.folders());
        QVERIFY(writeFileAtomically(
            path("web.tar"), test::dockerArchive("web:1", { first.toStdString(), second.toStdString() })));
        QVERIFY(succeeds(store.load(world.path(QStringLiteral("web.tar")))));
        const QString digest = store.images().front().digest;
        QVERIFY(succeeds(store.unpack(digest)));
        QVERIFY(succeeds(
            saveJob(store, { *Digest::parse(digest.toStdString()), "web", path("layout"), SaveFormat::OciFolder })));
        auto unpacked
            = runChecked({ { "umoci", "unpack", "--image", path("layout") + ":web", path("bundle") }, {}, {} }, 60s);
        QVERIFY2(unpacked, unpacked ? "" : unpacked.error().message.c_str());
        auto theirs = runChecked({ { "sh", "-c", kDescribe, "sh", path("bundle") + "/rootfs" }, {}, {} }, 60s);
        const auto layers = store.layerPaths(digest);
        QVERIFY(layers);
        QVERIFY(makeFolders(path("mount")));
        const std::string mount
            = "mount -t overlay -o lowerdir=" + layers->join(u':').toStdString() + " none \"$1\" && ";
        auto ours
            = runChecked({ { "unshare", "-m", "sh", "-c", mount + kDescribe, "sh", path("mount") }, {}, {} }, 60s);
        QVERIFY2(theirs && ours, ours ? "" : ours.error().message.c_str());
        QCOMPARE(QByteArray::fromStdString(*ours), QByteArray::fromStdString(*theirs));
    }

private:
    static bool succeeds(std::unique_ptr<Job> job)
    {
        auto result = test::runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return bool(result);
    }
};

QTEST_GUILESS_MAIN(ImageUmociTest)
#include "image_umoci_test.moc"
