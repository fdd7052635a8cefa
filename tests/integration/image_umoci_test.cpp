// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_jobs.h"
#include "core/images/layer_packer.h"
#include "core/images/tree_copier.h"
#include "tests/support/image_archive.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdint>
#include <memory>

using namespace twinhull;
using namespace std::chrono_literals;
using test::TarBuilder;

namespace {

/// Every path of a tree with what a program in it can see: type, mode, owner, links, size and time of what is no
/// folder, content.
constexpr const char* kDescribe
    = "cd \"$1\" && find . -mindepth 1 ! -type d -printf '%p %y %m %U:%G %n %s %Ts %l\\n' -o -mindepth 1 "
      "-type d -printf '%p %y %m %U:%G\\n' | LC_ALL=C sort && find . -type f | LC_ALL=C sort | xargs sha256sum "
      "&& python3 -c \"$2\"";

/// The extended attributes that an image can have.
constexpr const char* kAttributes = R"(
import os
for folder, folders, files in sorted(os.walk('.')):
    for name in sorted(folders + files):
        path = os.path.join(folder, name)
        for key in sorted(os.listxattr(path, follow_symlinks=False)):
            if key == 'security.capability' or (key.startswith('user.') and not key.startswith('user.overlay.')):
                print(path, key, os.getxattr(path, key, follow_symlinks=False))
)";

/// A layer of a tool with a capability, of attributes, of holes and of files with two names, as GNU tar packs it.
constexpr const char* kMakeLayer = R"(
import os
os.makedirs('layer/d')
with open('layer/tool', 'w') as tool:
    tool.write('x')
os.chmod('layer/tool', 0o755)
os.setxattr('layer/tool', 'security.capability', bytes.fromhex('0100000200040000000000000000000000000000'))
os.setxattr('layer/tool', 'user.note', b'kept')
os.setxattr('layer/d', 'user.of.folder', b'a\0b')
os.link('layer/tool', 'layer/d/second')
with open('layer/sparse', 'wb') as sparse:
    sparse.write(b'start')
    sparse.seek((8 << 20) - 3)
    sparse.write(b'end')
with open('layer/d/hole', 'wb') as hole:
    hole.truncate(4 << 20)
os.system('tar --xattrs --xattrs-include=* --sparse --format=pax -C layer -cf layer.tar d sparse tool')
)";

} // namespace

/// The tree that a container sees of an image, by an overlay and by a copy, against what umoci unpacks of the same
/// image.
class ImageUmociTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        if (::geteuid() != 0)
            QSKIP("mounting an overlay and unpacking as umoci does needs root");
        if (findExecutable("umoci").empty() || findExecutable("skopeo").empty())
            QSKIP("umoci or skopeo is not installed");
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
    }

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
        QTest::newRow("opaque below a folder that is new, and names that come again")
            << tar(lower)
            << tar(TarBuilder()
                       .file("full/below/.wh..wh..opq", "")
                       .file("full/below/c", "c")
                       .file(".wh.was-file", "")
                       .file("was-file", "again")
                       .file("etc/.wh..wh..opq", ""));
        QTest::newRow("through a link of the layer") << tar(
            lower) << tar(TarBuilder().folder("real").add({ "alias", '2', {}, "real", 0777 }).file("real/in", "x"));
    }
    void unpacksTheSameTree()
    {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        expectTheSame({ first.toStdString(), second.toStdString() });
    }

    void keepsAttributesHolesAndHardLinks()
    {
        const std::string layer = attributesLayer();
        QVERIFY(!layer.empty());
        expectTheSame({ TarBuilder().folder("etc").file("etc/a", "a").build(), layer });
        if (QTest::currentTestFailed())
            return;
        for (const std::string& folder : { m_layers.front(), path("copy") }) {
            QCOMPARE(::getxattr((folder + "/tool").c_str(), "security.capability", nullptr, 0), ssize_t{ 20 });
            QVERIFY(kibibytesOf(folder + "/sparse") < 1024 && kibibytesOf(folder + "/d/hole") < 1024);
        }
    }

    /// A root that is a copy is changed, packed as a layer, and unpacked upon the same layers.
    void packsWhatACopyChanged()
    {
        const std::string layer = attributesLayer();
        QVERIFY(!layer.empty());
        const std::string base = TarBuilder()
                                     .folder("full")
                                     .file("full/a", "a")
                                     .folder("full/below")
                                     .file("full/below/b", "b")
                                     .file("same", "1")
                                     .file("gone", "g")
                                     .build();
        expectTheSame({ base, layer });
        if (QTest::currentTestFailed())
            return;
        constexpr const char* kChange
            = "cd \"$1\" && rm -r full/below gone && touch -r same time && printf 2 > same && touch -r time same && "
              "rm time && mkdir new && echo one > new/one && ln new/one new/third && chmod 700 d && "
              "truncate -s 6M new/sparse && ln -s tool new/link";
        const auto done = runChecked({ { "sh", "-c", kChange, "sh", path("copy") }, {}, {} }, 60s);
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        const auto packed
            = packCopy(path("copy"), m_copiedLayers, path("changes.tar"), [](std::uint64_t, std::uint64_t) {});
        QVERIFY2(packed, packed ? "" : packed.error().message.c_str());
        QVERIFY(kibibytesOf(path("changes.tar")) < 100); // what did not change and what is a hole takes no room
        const auto changed = described(path("copy"));
        const auto changes = readFile(path("changes.tar"));
        QVERIFY(changed && changes);
        expectTheSame({ base, layer, *changes });
        if (QTest::currentTestFailed())
            return;
        const auto again = described(path("copy"));
        QVERIFY(again);
        QCOMPARE(QByteArray::fromStdString(*again), QByteArray::fromStdString(*changed));
    }

private:
    static Result<std::string> described(const std::string& tree)
    {
        return runChecked({ { "sh", "-c", kDescribe, "sh", tree, kAttributes }, {}, {} }, 60s);
    }

    static std::string attributesLayer()
    {
        const QTemporaryDir folder;
        const auto made = runChecked({ { "python3", "-c", kMakeLayer }, {}, folder.path().toStdString() }, 60s);
        const auto layer = readFile(folder.filePath(QStringLiteral("layer.tar")).toStdString());
        return made && layer ? *layer : std::string();
    }

    static std::int64_t kibibytesOf(const std::string& file)
    {
        struct stat info { };
        return ::stat(file.c_str(), &info) == 0 ? info.st_blocks / 2 : INT64_MAX;
    }

    std::string path(const char* name) const { return m_world->path(QLatin1String(name)).toStdString(); }

    /// In a new world: as an overlay shows them and as they are copied where there is none, against umoci's.
    void expectTheSame(const std::vector<std::string>& layers)
    {
        m_world = std::make_unique<test::TemporaryWorld>();
        ImageStore store(m_world->folders());
        QVERIFY(writeFileAtomically(path("web.tar"), test::dockerArchive("web:1", layers)));
        QVERIFY(succeeds(store.load(m_world->path(QStringLiteral("web.tar")))));
        const QString digest = store.images().front().digest;
        QVERIFY(succeeds(store.unpack(digest, { {}, LayerForm::Overlay })));
        QVERIFY(succeeds(store.unpack(digest, { {}, LayerForm::Names })));
        QVERIFY(succeeds(
            saveJob(store, { *Digest::parse(digest.toStdString()), "web", path("layout"), SaveFormat::OciFolder })));
        auto unpacked
            = runChecked({ { "umoci", "unpack", "--image", path("layout") + ":web", path("bundle") }, {}, {} }, 60s);
        QVERIFY2(unpacked, unpacked ? "" : unpacked.error().message.c_str());
        const auto theirs = described(path("bundle") + "/rootfs");
        m_layers = foldersOf(store.layerPaths(digest, { {}, LayerForm::Overlay }));
        m_copiedLayers = foldersOf(store.layerPaths(digest, { {}, LayerForm::Names }));
        QVERIFY(m_layers.size() == layers.size() && m_copiedLayers.size() == layers.size());
        QVERIFY(makeFolders(path("mount")) && makeFolders(path("copy")));
        std::string lower;
        for (const auto& layer : m_layers)
            lower += (lower.empty() ? "" : ":") + layer;
        const std::string mount = "mount -t overlay -o lowerdir=" + lower + " none \"$1\" && ";
        const auto ours = runChecked(
            { { "unshare", "-m", "sh", "-c", mount + kDescribe, "sh", path("mount"), kAttributes }, {}, {} }, 60s);
        QVERIFY2(theirs && ours, ours ? "" : ours.error().message.c_str());
        QCOMPARE(QByteArray::fromStdString(*ours), QByteArray::fromStdString(*theirs));
        for (const auto& from : { m_layers, m_copiedLayers }) { // whichever form they are in
            QVERIFY(removeTree(path("copy")) && makeFolders(path("copy")));
            const auto copied = copyTree(from, path("copy"), [](std::uint64_t, std::uint64_t) {});
            QVERIFY2(copied, copied ? "" : copied.error().message.c_str());
            const auto copy = described(path("copy"));
            QVERIFY(copy);
            QCOMPARE(QByteArray::fromStdString(*copy), QByteArray::fromStdString(*theirs));
        }
    }

    static std::vector<std::string> foldersOf(const Result<QStringList>& paths)
    {
        std::vector<std::string> folders;
        for (const QString& folder : paths ? *paths : QStringList())
            folders.push_back(folder.toStdString());
        return folders;
    }

    static bool succeeds(std::unique_ptr<Job> job)
    {
        auto result = test::runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return bool(result);
    }

    std::unique_ptr<test::TemporaryWorld> m_world;
    std::vector<std::string> m_layers; ///< highest first
    std::vector<std::string> m_copiedLayers; ///< the same in the other form
};

QTEST_GUILESS_MAIN(ImageUmociTest)
#include "image_umoci_test.moc"
