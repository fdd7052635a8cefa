// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;
using namespace std::chrono_literals;

/// The other container tests again, as an ordinary user that this test makes.
class ContainerRootlessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("making a user for the test needs root");
        QCOMPARE(::chmod(m_world.path().toStdString().c_str(), 0755), 0);
        QVERIFY(writeFileAtomically(
            file("passwd"), "root:x:0:0::/:/bin/sh\ntwinhulltest:x:12345:12345::/:/bin/sh\n", 0644));
        QVERIFY(writeFileAtomically(file("subid"), "twinhulltest:200000:65536\n", 0644));
        if (!asUser({ "test", "-x", TH_BIN_DIR "/hull" }))
            QSKIP("the folder of the source is closed to other users");
    }

    void runsAsAnOrdinaryUser_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("function");
        const auto row = [](const char* program, const char* function) {
            QTest::newRow(function) << QString::fromLatin1(program) << QString::fromLatin1(function);
        };
        row("container_lifecycle", "runsStopsAndStartsAgain");
        row("container_lifecycle", "recordsHowItEnded");
        row("container_lifecycle", "outlivesItsMonitor");
        row("container_lifecycle", "keepsWhatItSaid");
        row("container_lifecycle", "tellsItsDiskUse");
        row("container_lifecycle", "answersAtItsTerminal");
        row("container_network", "answersOnAPublishedPort");
        row("container_networks",
            "findEachOther areApart isReachedAndReachesOut hasNoneOrThisComputers aKilledKeeperIsFollowedByAnother "
            "staysWhenItsMonitorIsKilled");
        row("ctl_networks", "makesAndTells");
        row("ctl_create", "runsAsTheUserInTheFolderUnderTheName");
        row("ctl_create", "makesTheRootReadOnly");
        row("ctl_create", "anInitCollectsOrphansAndPassesSignalsOn");
        row("ctl_create", "addsAndDropsCapabilities");
        row("ctl_create", "confinesAsAsked");
        row("ctl_create", "passesADeviceOn");
        row("ctl_create", "publishesUdpAndRanges");
        row("ctl_keep_id",
            "isThePersonInside hasOtherNumbers sharesNetworksAndVolumes keepsOwnersInANewImage goesWithItsImage");
        row("ctl_root_copy",
            "copiesTheImageAndSaysWhy keepsChangesAndMakesAnImageOfThem takesNoHalfCopyForWhole "
            "makesADiskWithoutAnOverlay");
        row("ctl_root_fuse", "keepsChangesAndMakesAnImageOfThem endsWithItsServer isCopiedWithoutTheProgram");
    }

    void runsAsAnOrdinaryUser()
    {
        QFETCH(QString, program);
        QFETCH(QString, function);
        std::vector<std::string> words{ TH_BUILD_DIR "/tests/test.integration." + program.toStdString() };
        for (const QString& word : function.split(u' ')) // of one world
            words.push_back(word.toStdString());
        const auto done = asUser(
            words, "0666", program.startsWith(QLatin1String("ctl_root_")) ? Temporary::OnOverlay : Temporary::Usual);
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        if (const std::string skipped = skipIn(*done); !skipped.empty())
            QSKIP(skipped.c_str());
    }

    void tellsThatTheTunDeviceIsClosed()
    {
        const auto done
            = asUser({ TH_BUILD_DIR "/tests/test.integration.container_network", "answersOnAPublishedPort" }, "0600");
        QVERIFY(!done);
        const std::string& said = done.error().message;
        QVERIFY2(said.find("cannot open /dev/net/tun") != std::string::npos, said.c_str());
    }

private:
    std::string file(const char* name) const { return m_world.path(QLatin1String(name)).toStdString(); }

    /// The folder above the source that other users may not enter, as a home often is; empty where there is none.
    static std::string closedFolder()
    {
        const std::string source = TH_SOURCE_DIR;
        for (std::size_t slash = source.find('/', 1); slash != std::string::npos; slash = source.find('/', slash + 1)) {
            struct stat info { };
            if (::stat(source.substr(0, slash).c_str(), &info) == 0 && (info.st_mode & S_IXOTH) == 0)
                return source.substr(0, slash);
        }
        return {};
    }

    /// The line of a test's output that says what it has skipped, and why; empty where that is nothing.
    static std::string skipIn(const std::string& output)
    {
        const std::string lines = "\n" + output;
        const auto start = lines.find("\nSKIP ");
        return start == std::string::npos ? std::string()
                                          : lines.substr(start + 1, lines.find('\n', start + 1) - start - 1);
    }

    enum class Temporary { Usual, OnOverlay }; ///< what /tmp is

    /// In a mount namespace where the machine knows that user, where the road to the source is open, and where the fuse
    /// and tun devices have the mode that udev gives it on a workstation, or the one named. What they said.
    Result<std::string> asUser(const std::vector<std::string>& arguments, const std::string& tunMode = "0666",
        Temporary temporary = Temporary::Usual)
    {
        constexpr const char* kScript = R"(set -eu
            world=$1 source=$2 closed=$3 tun=$4 overlay=$5; shift 5
            mount --bind "$world/passwd" /etc/passwd
            mount --bind "$world/subid" /etc/subuid
            mount --bind "$world/subid" /etc/subgid
            mkdir -p "$world/dev"
            mount -t tmpfs none "$world/dev"
            mknod -m "$tun" "$world/dev/tun" c 10 200
            mount --bind "$world/dev/tun" /dev/net/tun
            if [ -e /dev/fuse ]; then
              mknod -m 0666 "$world/dev/fuse" c 10 229
              mount --bind "$world/dev/fuse" /dev/fuse
            fi
            if [ -n "$closed" ]; then
              mkdir -p "$world/source"
              mount --bind "$source" "$world/source"
              mount -t tmpfs -o mode=755 none "$closed"
              mkdir -p "$source"
              mount --move "$world/source" "$source"
            fi
            if [ -n "$overlay" ]; then
              mkdir -p "$world/low" "$world/high" "$world/work"
              chmod 1777 "$world/high"
              mount -t overlay -o "lowerdir=$world/low,upperdir=$world/high,workdir=$world/work" none /tmp
            fi
            exec setpriv --reuid 12345 --regid 12345 --clear-groups "$@")";
        Command command{ { "unshare", "-m", "sh", "-c", kScript, "sh", m_world.path().toStdString(), TH_SOURCE_DIR,
                             closedFolder(), tunMode, temporary == Temporary::OnOverlay ? "overlay" : "" },
            {}, "/" };
        command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
        auto output = runCommand(command, 240s);
        if (!output)
            return std::move(output).error();
        if (output->exitStatus != 0)
            return Error{ ErrorCode::Unknown, output->standardOutput + output->standardError, 0, {} };
        return std::move(output->standardOutput);
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(ContainerRootlessTest)
#include "container_rootless_test.moc"
