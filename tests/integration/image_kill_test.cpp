// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_store.h"
#include "tests/support/ctl_world.h"
#include "tests/support/image_archive.h"
#include "tests/support/wait_for_job.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

using namespace twinhull;
using test::ctl;
using test::TarBuilder;

namespace {

constexpr int kRoundsOfEach = 4;
constexpr std::size_t kKilledLayerBytes = 1'500'000;

/// What no compression makes smaller; the same in each run.
std::string noiseOf(quint32 seed, std::size_t bytes)
{
    QRandomGenerator generator(seed);
    std::string text(bytes, '\0');
    std::generate(text.begin(), text.end(), [&] { return static_cast<char>(generator.bounded(256)); });
    return text;
}

} // namespace

/// kill -9 in the middle of what changes the store: it opens clean, and no image that was whole is lost.
class ImageKillTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("a container's own files are written from outside");
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        const std::string kept = test::dockerArchive("kept:1", { layer("kept", 1) });
        const std::string other = test::dockerArchive("other:1", { layer("one", 2), layer("two", 3) });
        QVERIFY(writeFileAtomically(path("kept.tar"), kept) && writeFileAtomically(path("other.tar"), other));
        QVERIFY(writeFileAtomically(path("root.tar"), layer("root", 4)));
        QVERIFY(isDone({ "images", "load", path("kept.tar") }));
        QVERIFY(isDone({ "create", "--name", "made", "kept:1" }));
        const std::string id = test::CtlWorld::only()[u"id"].toString().toStdString();
        const std::string upper = m_world.folders().containers() + "/" + id + "/upper";
        QVERIFY2(exists(upper), upper.c_str());
        QVERIFY(writeFileAtomically(upper + "/written", noiseOf(5, kKilledLayerBytes)));
        m_always = digestsNow();
        QCOMPARE(m_always.size(), 2); // and the starter image
    }

    void losesNoImageThatWasWhole_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QStringList>("before");
        const auto row = [](const char* name, const QStringList& words, const QStringList& before) {
            QTest::newRow(name) << words << before;
        };
        const auto file = [this](const char* name) { return QString::fromStdString(path(name)); };
        const QStringList load{ QStringLiteral("images"), QStringLiteral("load"), file("other.tar") };
        row("load", load, {});
        row("import",
            { QStringLiteral("images"), QStringLiteral("import"), file("root.tar"), QStringLiteral("root:1") }, {});
        row("commit", { QStringLiteral("commit"), QStringLiteral("made"), QStringLiteral("committed:1") }, {});
        row("tag",
            { QStringLiteral("images"), QStringLiteral("tag"), QStringLiteral("kept:1"), QStringLiteral("tagged:1") },
            {});
        row("remove", { QStringLiteral("images"), QStringLiteral("remove"), QStringLiteral("other:1") }, load);
    }
    void losesNoImageThatWasWhole()
    {
        QFETCH(QStringList, words);
        QFETCH(QStringList, before);
        if (!before.isEmpty())
            QVERIFY(isDone(wordsOf(before)));
        QVERIFY(isDone(wordsOf(words)));
        QRandomGenerator moments(static_cast<quint32>(words.join(u' ').size()));
        int hits = 0;
        for (int round = 0; round < kRoundsOfEach; ++round) {
            if (!before.isEmpty())
                QVERIFY(isDone(wordsOf(before)));
            // As soon as its first or second partial name is there, or some time later.
            hits += isKilledAtWork(wordsOf(words), 1 + round / 2, round % 2 == 0 ? 0 : moments.bounded(1, 20)) ? 1 : 0;
            if (QTest::currentTestFailed())
                return;
            const QStringList now = digestsNow(); // opened once more
            for (const QString& digest : m_always)
                QVERIFY2(now.contains(digest), qPrintable(digest));
            for (const QString& digest : now)
                QVERIFY2(isWhole(digest), qPrintable(digest));
            QTRY_VERIFY2_WITH_TIMEOUT(digestsNow().size() > 0 && leftovers().isEmpty(),
                qPrintable(leftovers().join(u'\n')), 20'000); // a worker that lost its client may still be at it
        }
        QVERIFY2(hits > 0, "it was never killed while it was at work");
        QVERIFY(isDone(wordsOf(before.isEmpty() ? words : before))); // nothing stands in the way
    }

    void unpacksWhatIsLeft()
    {
        ImageStore store(m_world.folders());
        QVERIFY(store.images().size() >= static_cast<std::size_t>(m_always.size()));
        for (const auto& image : store.images()) {
            auto job = store.unpack(image.digest);
            const auto unpacked = test::runJob(*job); // each diff id is checked
            QVERIFY2(unpacked, unpacked ? "" : unpacked.error().message.c_str());
        }
    }

private:
    std::string path(const char* name) const { return m_world.path(QLatin1String(name)).toStdString(); }

    static std::string layer(const std::string& name, quint32 seed)
    {
        return TarBuilder().folder("etc").file(name, noiseOf(seed, kKilledLayerBytes)).build();
    }

    static std::vector<std::string> wordsOf(const QStringList& words)
    {
        std::vector<std::string> all;
        for (const QString& word : words)
            all.push_back(word.toStdString());
        return all;
    }

    static bool isDone(const std::vector<std::string>& words)
    {
        const auto run = ctl(words);
        if (run.exitCode != 0)
            qWarning("%s", qPrintable(run.text()));
        return run.exitCode == 0;
    }

    /// True where the signal met it after `count` partial names had come up in the store, and `milliseconds` more.
    /// False where it came to its end before.
    bool isKilledAtWork(std::vector<std::string> words, int count, int milliseconds) const
    {
        const UniqueFd names(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
        const std::string images = m_world.folders().images();
        for (const std::string& folder : { images, images + "/blobs/sha256" }) {
            if (::inotify_add_watch(names.fd(), folder.c_str(), IN_CREATE | IN_MOVED_TO) < 0)
                return QTest::qFail(folder.c_str(), __FILE__, __LINE__), false;
        }
        words.insert(words.begin(), TH_BIN_DIR "/twinhullctl");
        auto child = spawn({ std::move(words), {}, {} }, {});
        if (!child)
            return QTest::qFail(child.error().message.c_str(), __FILE__, __LINE__), false;
        std::array<pollfd, 2> either{ { { child->pidfd.fd(), POLLIN, 0 }, { names.fd(), POLLIN, 0 } } };
        while (count > 0 && ::poll(either.data(), either.size(), -1) > 0 && either[0].revents == 0)
            count -= newPartials(names);
        if (count <= 0)
            (void)::poll(either.data(), 1, milliseconds); // it may be done by then
        (void)::kill(child->pid, SIGKILL);
        int status = 0;
        return ::waitpid(child->pid, &status, 0) == child->pid && WIFSIGNALED(status) && count <= 0;
    }

    static int newPartials(const UniqueFd& names)
    {
        alignas(inotify_event) std::array<char, 16384> events{};
        const ssize_t bytes = ::read(names.fd(), events.data(), events.size());
        int count = 0;
        for (ssize_t at = 0; at < bytes;) {
            const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
            const std::string_view name(event->len > 0 ? event->name : "");
            count += name.ends_with(".partial") ? 1 : 0;
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        }
        return count;
    }

    QStringList digestsNow() const
    {
        const ImageStore store(m_world.folders());
        QStringList digests;
        for (const auto& image : store.images())
            digests << image.digest;
        return digests;
    }

    /// Every blob of it is there and is what it is called.
    bool isWhole(const QString& digest) const
    {
        const ImageStore store(m_world.folders());
        const auto image = store.find(digest);
        if (!image || !isBlob(digest))
            return false;
        const auto& layers = image->layerDigests;
        return std::all_of(layers.begin(), layers.end(), [this](const QString& layer) { return isBlob(layer); });
    }
    bool isBlob(const QString& digest) const
    {
        const QString hex = digest.section(u':', 1);
        QFile file(QString::fromStdString(m_world.folders().images()) + QStringLiteral("/blobs/sha256/") + hex);
        QCryptographicHash hash(QCryptographicHash::Sha256);
        return file.open(QIODevice::ReadOnly) && hash.addData(&file) && hash.result().toHex() == hex.toLatin1();
    }

    QStringList leftovers() const
    {
        const auto& folders = m_world.folders();
        QStringList left;
        for (const auto& folder :
            { folders.images(), folders.images() + "/blobs/sha256", folders.layers(), folders.disks() })
            left += QDir(QString::fromStdString(folder))
                        .entryList({ QStringLiteral("*.partial") }, QDir::AllEntries | QDir::Hidden);
        return left;
    }

    test::CtlWorld m_world;
    QStringList m_always;
};

QTEST_GUILESS_MAIN(ImageKillTest)
#include "image_kill_test.moc"
