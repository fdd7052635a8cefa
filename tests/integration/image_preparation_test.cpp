// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "tests/support/image_archive.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;
using namespace std::chrono_literals;
using test::TarBuilder;

namespace {

constexpr uid_t kUser = 12345;
constexpr uid_t kFirstSubordinate = 200'000;

} // namespace

/// Layers and disks made by the real worker, as root and as an ordinary user.
class ImagePreparationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        m_world = std::make_unique<test::TemporaryWorld>();
        m_store = std::make_unique<ImageStore>(m_world->folders());
    }

    void unpacksTheStarterImage()
    {
        QVERIFY(loadStarter());
        const QString digest = m_store->images().front().digest;
        QVERIFY(!m_store->layerPaths(digest));
        QVERIFY(succeeds(m_store->unpack(digest)));
        const auto layers = m_store->layerPaths(digest);
        QVERIFY(layers);
        QCOMPARE(layers->size(), 1);
        const std::string root = layers->front().toStdString();
        QVERIFY(exists(root + "/bin/busybox"));
        QVERIFY(exists(root + "/bin/sh"));
        QVERIFY(exists(root + "/srv/www/cgi-bin/work"));
        if (::geteuid() == 0)
            QCOMPARE(statOf(root + "/var/lib/starter").st_uid, 1000U);
    }

    void runsTheWorkUnitOfTheStarterImage()
    {
        if (::geteuid() != 0)
            QSKIP("chroot needs root");
        QVERIFY(loadStarter());
        const QString digest = m_store->images().front().digest;
        QVERIFY(succeeds(m_store->unpack(digest)));
        const std::string root = m_store->layerPaths(digest)->front().toStdString();
        auto text = runChecked(
            { { "unshare", "-m", "sh", "-c",
                  "mount --bind /dev \"$1/dev\" && exec chroot --userspec=1000:1000 \"$1\" /bin/work", "sh", root },
                {}, {} },
            60s);
        QVERIFY2(text, text ? "" : text.error().message.c_str());
        for (const char* member : { "\"cpu_ms\":", "\"memory_ms\":", "\"disk_ms\":",
                 "\"sha256\":\"e5b844cc57f57094ea4585e235f36c78c1cd222262bb89d53c94dcb4d6b3e55d\"" })
            QVERIFY2(text->find(member) != std::string::npos, text->c_str());
        QVERIFY(text->find("null") == std::string::npos);
    }

    void unpacksTwoStoresAtOnceIntoOneLayer()
    {
        QVERIFY(loadStarter());
        const QString digest = m_store->images().front().digest;
        ImageStore other(m_world->folders());
        const auto first = m_store->unpack(digest);
        const auto second = other.unpack(digest);
        QSignalSpy secondFinished(second.get(), &Job::finished);
        second->start();
        QVERIFY(test::runJob(*first));
        QTRY_COMPARE(secondFinished.count(), 1);
        QVERIFY(second->result());
        QVERIFY(hasNoPartials(m_world->folders().layers()));
    }

    void refusesALayerThatIsNotWhatTheConfigSays()
    {
        std::string archive = test::dockerArchive("web:1", { m_layer });
        const std::string honest = test::sha256(m_layer);
        const auto place = archive.find(honest);
        QVERIFY(place != std::string::npos);
        archive.replace(place, honest.size(), std::string(64, 'b'));
        QVERIFY(load(archive));
        const auto job = m_store->unpack(m_store->images().front().digest);
        auto unpacked = test::runJob(*job);
        QVERIFY(!unpacked);
        QCOMPARE(unpacked.error().code, ErrorCode::Corrupt);
        QVERIFY(hasNoPartials(m_world->folders().layers()));
        QVERIFY(!exists(m_world->folders().layers() + "/" + std::string(64, 'b')));
    }

    void makesADiskOfTheMergedLayers()
    {
        if (::geteuid() != 0)
            QSKIP("reading the disk back needs root");
        const std::string lower = TarBuilder().folder("etc").file("etc/gone", "1").file("etc/kept", "2").build();
        const std::string upper = TarBuilder()
                                      .folder("etc")
                                      .file("etc/.wh.gone", "")
                                      .add({ "etc/own", '0', "3", {}, 0600, 1000, 1001 })
                                      .build();
        QVERIFY(load(test::dockerArchive("web:1", { lower, upper })));
        const QString digest = m_store->images().front().digest;
        QVERIFY(succeeds(m_store->makeDisk(digest)));
        const std::string disk = m_store->diskPath(digest).toStdString();
        const std::string content = contentOf(disk);
        QVERIFY2(content.find("gone") == std::string::npos, content.c_str());
        QVERIFY2(content.find("kept") != std::string::npos, content.c_str());
        QVERIFY2(fileIn(disk, "/etc/own").find("Uid: 1000   Gid: 1001") != std::string::npos,
            fileIn(disk, "/etc/own").c_str());
        QVERIFY(hasNoPartials(m_world->folders().disks()));
    }

    void tellsWhenTheDisksFolderIsFull()
    {
        if (::geteuid() != 0)
            QSKIP("mounting a small file system needs root");
        const std::string large = TarBuilder().file("large", randomBytes(8U << 20U)).build();
        QVERIFY(load(test::dockerArchive("web:1", { large })));
        const QString digest = m_store->images().front().digest;
        QVERIFY(succeeds(m_store->unpack(digest)));
        const std::string disks = m_world->folders().disks();
        QVERIFY(makeFolders(disks));
        const std::string worker = std::string(TH_BIN_DIR) + "/image-worker";
        auto output = runCommand({ { "unshare", "-m", "sh", "-c",
                                       "mount -t tmpfs -o size=2m none \"$1\" && shift && \"$@\"; status=$?; ls -A "
                                       "\"$DISKS\"; exit $status",
                                       "sh", disks, worker, "disk", disks, digest.mid(7).toStdString(),
                                       m_world->folders().layers(), test::sha256(large) },
                                     { "DISKS=" + disks }, {} },
            60s);
        QVERIFY(output);
        QCOMPARE(output->exitStatus, 1);
        const std::string& text = output->standardOutput;
        QVERIFY2(text.find("no space left") != std::string::npos, text.c_str());
        QVERIFY2(text.find("hint Free some space") != std::string::npos, text.c_str());
        QVERIFY2(text.find("partial") == std::string::npos, text.c_str());
    }

    void leavesNothingWhenItIsCancelled()
    {
        const std::string large = TarBuilder().file("large", randomBytes(32U << 20U)).build();
        QVERIFY(load(test::dockerArchive("web:1", { large })));
        const auto job = m_store->unpack(m_store->images().front().digest);
        connect(job.get(), &Job::progressChanged, job.get(), &Job::cancel);
        auto unpacked = test::runJob(*job);
        QVERIFY(!unpacked);
        QCOMPARE(unpacked.error().code, ErrorCode::Cancelled);
        QVERIFY(hasNoPartials(m_world->folders().layers()));
    }

    void keepsOwnersWithinTheSubordinateRangeOfAnOrdinaryUser()
    {
        if (::geteuid() != 0)
            QSKIP("making a user for the test needs root");
        const std::string layer = TarBuilder()
                                      .folder("etc")
                                      .add({ "etc/own", '0', "3", {}, 04755, 1000, 1001 })
                                      .file("etc/.wh.a", "")
                                      .build();
        const std::string layers = prepareForUser(layer);
        auto unpacked = asUser({ "unpack", layers, test::sha256(layer), layers + "/blob" });
        QVERIFY2(unpacked, unpacked ? "" : unpacked.error().message.c_str());
        const std::string root = layers + "/" + test::sha256(layer);
        QCOMPARE(statOf(root + "/etc").st_uid, kUser);
        QCOMPARE(statOf(root + "/etc/own").st_uid, kFirstSubordinate + 999);
        QCOMPARE(statOf(root + "/etc/own").st_gid, kFirstSubordinate + 1000);
        QCOMPARE(statOf(root + "/etc/own").st_mode & 07777U, 04755U);
        QVERIFY(S_ISCHR(statOf(root + "/etc/a").st_mode));

        const std::string digest(64, 'd');
        const std::string disk = layers + "/" + digest + ".erofs";
        auto made = asUser({ "disk", layers, digest, layers, test::sha256(layer) });
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QVERIFY2(fileIn(disk, "/etc/own").find("Uid: 1000   Gid: 1001") != std::string::npos,
            fileIn(disk, "/etc/own").c_str());

        auto removed = asUser({ "remove", root });
        QVERIFY2(removed, removed ? "" : removed.error().message.c_str());
        QVERIFY(!exists(root));
    }

    void unpacksOnceMoreForContainersInWhichTheUserIsSomebodyElse()
    {
        if (::geteuid() != 0)
            QSKIP("making a user for the test needs root");
        const std::string layer = TarBuilder()
                                      .folder("etc")
                                      .add({ "etc/roots", '0', "3", {}, 04755, 0, 0 })
                                      .add({ "etc/own", '0', "3", {}, 0644, 1000, 100 })
                                      .add({ "etc/others", '0', "3", {}, 0644, 1001, 99 })
                                      .build();
        const std::string layers = prepareForUser(layer);
        const std::string name = test::sha256(layer);
        for (const char* kept : { "0-0", "1000-100" }) {
            auto unpacked = asUser({ "as", kept, "unpack", layers, name, layers + "/blob" });
            QVERIFY2(unpacked, unpacked ? "" : unpacked.error().message.c_str());
        }
        QCOMPARE(statOf(layers + "/" + name + "/etc/roots").st_uid, kUser);
        const std::string root = layers + "/" + name + ".1000-100";
        QCOMPARE(statOf(root + "/etc").st_uid, kFirstSubordinate);
        QCOMPARE(statOf(root + "/etc/roots").st_uid, kFirstSubordinate);
        QCOMPARE(statOf(root + "/etc/roots").st_mode & 07777U, 04755U);
        QCOMPARE(statOf(root + "/etc/own").st_uid, kUser);
        QCOMPARE(statOf(root + "/etc/own").st_gid, kUser);
        QCOMPARE(statOf(root + "/etc/others").st_uid, kFirstSubordinate + 1000);
        QCOMPARE(statOf(root + "/etc/others").st_gid, kFirstSubordinate + 99);
        QVERIFY(asUser({ "remove", root })); // in the usual user namespace, which has the same ids
        QVERIFY(!exists(root));
        QVERIFY(!asUser({ "as", "1000", "unpack", layers, name, layers + "/blob" }));
    }

    void aKilledWorkerLeavesNothingUnderALayersName()
    {
        if (::geteuid() != 0)
            QSKIP("making a user for the test needs root");
        const std::string layer = TarBuilder().file("large", randomBytes(1U << 20U)).build();
        const std::string layers = prepareForUser(layer);
        const std::string name = test::sha256(layer);
        QCOMPARE(::mkfifo((layers + "/fifo").c_str(), 0666), 0);
        QCOMPARE(::chmod((layers + "/fifo").c_str(), 0666), 0);
        const char* const script
            = R"("$1" as 1-1 unpack "$2" "$3" "$2/fifo" & { head -c 32768 "$2/blob"; kill -9 $!; })"
              R"( >"$2/fifo"; wait $!; ls -A "$2")"; // it opens the blob when its folder is made
        const auto killed = asUserRun({ "sh", "-c", script, "sh", TH_BIN_DIR "/image-worker", layers, name });
        QVERIFY2(killed, killed ? "" : killed.error().message.c_str());
        QVERIFY2(m_output.find(name + ".1-1.") != std::string::npos, m_output.c_str()); // partial
        QVERIFY(!exists(layers + "/" + name + ".1-1"));
        QVERIFY(asUser({ "clean", layers }));
        QVERIFY(hasNoPartials(layers));
        QVERIFY(asUser({ "as", "1-1", "unpack", layers, name, layers + "/blob" }));
        QVERIFY(exists(layers + "/" + name + ".1-1/large"));
    }

    void tellsAnOrdinaryUserWithoutSubordinateIdsWhatToDo()
    {
        if (::geteuid() != 0)
            QSKIP("becoming another user needs root");
        const std::string layers = prepareForUser(m_layer);
        QVERIFY(writeFileAtomically(file("subid"), ""));
        auto unpacked = asUser({ "unpack", layers, test::sha256(m_layer), layers + "/blob" });
        QVERIFY(!unpacked);
        QVERIFY2(m_output.find("usermod --add-subuids") != std::string::npos, m_output.c_str());
        QVERIFY(!exists(layers + "/" + test::sha256(m_layer)));
    }

private:
    std::string file(const char* name) const { return m_world->path(QLatin1String(name)).toStdString(); }

    static struct stat statOf(const std::string& path)
    {
        struct stat info { };
        (void)::lstat(path.c_str(), &info); // a missing file shows as zeros
        return info;
    }

    static bool hasNoPartials(const std::string& folder)
    {
        const QDir dir(QString::fromStdString(folder));
        return dir.entryList({ QStringLiteral("*.partial") }, QDir::AllEntries | QDir::Hidden).isEmpty();
    }

    static std::string randomBytes(std::size_t count)
    {
        auto source = openPath("/dev/urandom", O_RDONLY);
        std::string bytes(count, '\0');
        for (std::size_t done = 0; done < count;)
            done += static_cast<std::size_t>(::read(source->fd(), bytes.data() + done, count - done));
        return bytes;
    }

    /// What dump.erofs says of a file: owner and size.
    static std::string fileIn(const std::string& disk, const std::string& path)
    {
        auto text = runChecked({ { "dump.erofs", "--path=" + path, disk }, {}, {} }, 10s);
        return text ? *text : text.error().message;
    }

    static std::string contentOf(const std::string& disk)
    {
        auto text = runChecked({ { "strings", "-n", "3", disk }, {}, {} }, 10s);
        return text ? *text : text.error().message;
    }

    bool loadStarter()
    {
        const auto job = buildStarterImage(m_world->folders(), QStringLiteral("/bin/busybox"));
        const bool built = bool(test::runJob(*job));
        m_store->refresh();
        return built;
    }

    bool load(const std::string& archive)
    {
        return writeFileAtomically(file("image.tar"), archive)
            && succeeds(m_store->load(m_world->path(QStringLiteral("image.tar"))));
    }

    static bool succeeds(std::unique_ptr<Job> job)
    {
        auto result = test::runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return bool(result);
    }

    /// A layers folder of that user with the blob in it, and the files that make the user known.
    std::string prepareForUser(const std::string& layer)
    {
        const std::string layers = file("layers");
        const std::string range = "twinhulltest:" + std::to_string(kFirstSubordinate) + ":65536\n";
        const bool made = makeFolders(layers, 0755) && writeFileAtomically(layers + "/blob", layer, 0644)
            && writeFileAtomically(
                file("passwd"), "root:x:0:0::/:/bin/sh\ntwinhulltest:x:12345:12345::/:/bin/sh\n", 0644)
            && writeFileAtomically(file("subid"), range, 0644);
        if (!made || ::chown(layers.c_str(), kUser, kUser) != 0
            || ::chmod(m_world->path().toStdString().c_str(), 0755) != 0)
            qWarning("test set-up failed");
        return layers;
    }

    /// Runs the worker as that user, in a mount namespace where the machine knows him.
    Result<> asUser(std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), TH_BIN_DIR "/image-worker");
        return asUserRun(arguments);
    }

    Result<> asUserRun(const std::vector<std::string>& arguments)
    {
        Command command{ { "unshare", "-m", "sh", "-c",
                             "mount --bind \"$1/passwd\" /etc/passwd && mount --bind \"$1/subid\" /etc/subuid && mount "
                             "--bind \"$1/subid\" /etc/subgid && shift && exec setpriv --reuid 12345 --regid 12345 "
                             "--clear-groups \"$@\"",
                             "sh", m_world->path().toStdString() },
            {}, "/" };
        command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
        auto output = runCommand(command, 60s);
        if (!output)
            return std::move(output).error();
        m_output = output->standardOutput + output->standardError;
        return output->exitStatus == 0 ? Result<>() : Error{ ErrorCode::Unknown, m_output, 0, {} };
    }

    const std::string m_layer = TarBuilder().folder("etc").file("etc/a", std::string(3000, 'a')).build();
    std::string m_output;
    std::unique_ptr<test::TemporaryWorld> m_world;
    std::unique_ptr<ImageStore> m_store;
};

QTEST_GUILESS_MAIN(ImagePreparationTest)
#include "image_preparation_test.moc"
