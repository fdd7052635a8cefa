// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/ctl_world.h"

#include <QTest>

#include <sys/stat.h>

using namespace twinhull;
using namespace std::chrono_literals;
using namespace twinhull::test;

namespace {

constexpr const char* kHush = "correct horse battery staple";

} // namespace

/// "twinhullctl secret" and "--secret", as the processes of real containers see them.
class CtlSecretsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        QVERIFY(writeFileAtomically(path("key.txt"), std::string(kHush) + "\n"));
        QCOMPARE(ctl({ "secret", "create", "key", path("key.txt") }).exitCode, 0);
    }
    void cleanup() { CtlWorld::removeContainers(); }

    void keepsWhatOthersCannotRead()
    {
        struct stat folder { };
        struct stat file { };
        QCOMPARE(::stat(m_world.folders().secrets().c_str(), &folder), 0);
        QCOMPARE(::stat((m_world.folders().secrets() + "/key").c_str(), &file), 0);
        QCOMPARE(folder.st_mode & 07777U, 0700U);
        QCOMPARE(file.st_mode & 07777U, 0600U);
        const auto all = ctl({ "secret", "list", "--json" }).json().array();
        QCOMPARE(all.size(), 1);
        QCOMPARE(all[0][u"name"].toString(), QStringLiteral("key"));
        QCOMPARE(all[0][u"bytes"].toInt(), 29);
        const auto told = ctl({ "secret", "inspect", "key" });
        QVERIFY2(told.exitCode == 0 && !told.out.contains(kHush), qPrintable(told.text()));
    }

    void takesOneFromStandardInputAndReplacesItWhenAsked()
    {
        const std::string again = "printf new | " TH_BIN_DIR "/twinhullctl secret create piped - ";
        QVERIFY(runChecked({ { "/bin/sh", "-c", again }, {}, {} }, 30s));
        QVERIFY(!runChecked({ { "/bin/sh", "-c", again }, {}, {} }, 30s));
        QVERIFY(runChecked({ { "/bin/sh", "-c", again + "--replace" }, {}, {} }, 30s));
        QCOMPARE(ctl({ "secret", "remove", "piped" }).exitCode, 0);
        QCOMPARE(ctl({ "secret", "remove", "piped" }).exitCode, 3);
    }

    void refusesWhatIsNoSecret_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("bytes");
        QTest::newRow("nothing") << QStringLiteral("x") << 0;
        QTest::newRow("too much") << QStringLiteral("x") << 512'001;
        QTest::newRow("a name that leads up") << QStringLiteral("../x") << 1;
        QTest::newRow("a hidden name") << QStringLiteral(".lock") << 1;
    }
    void refusesWhatIsNoSecret()
    {
        QFETCH(QString, name);
        QFETCH(int, bytes);
        QVERIFY(writeFileAtomically(path("bad"), std::string(static_cast<std::size_t>(bytes), 'x')));
        QVERIFY(ctl({ "secret", "create", name.toStdString(), path("bad") }).exitCode != 0);
        QCOMPARE(ctl({ "secret", "list", "--json" }).json().array().size(), 1);
    }

    void isAReadOnlyFileInMemory()
    {
        const auto log = said({ "--secret", "key", "--secret", "key,target=tls/own,uid=7,gid=8,mode=0400", "--secret",
                                  "key,target=/etc/other" },
            "cat /run/secrets/key /etc/other; stat -c '%a %u:%g' /run/secrets/key /run/secrets/tls/own;"
            "cat /run/secrets/tls/own; echo x 2>/dev/null >/run/secrets/key || echo closed;"
            "echo x 2>/dev/null >/run/secrets/new || echo closed;"
            "grep -c ' /run/secrets .*tmpfs' /proc/self/mountinfo");
        const QByteArray hush = kHush + QByteArray("\n");
        QCOMPARE(log, hush + hush + "444 0:0\n400 7:8\n" + hush + "closed\nclosed\n1\n");
        QVERIFY2(!leftBehind().contains(kHush), "a secret is on the disk");
    }

    void isReadOnlyByItsUserAlone()
    {
        QCOMPARE(said({ "--user", "7", "--secret", "key,uid=7,mode=0400" }, "cat /run/secrets/key"),
            kHush + QByteArray("\n"));
        CtlWorld::removeContainers();
        QCOMPARE(said({ "--user", "9", "--secret", "key,uid=7,mode=0400" },
                     "cat /run/secrets/key 2>/dev/null || echo closed"),
            QByteArray("closed\n"));
    }

    void comesAsItIsAtEachStart()
    {
        QVERIFY(writeFileAtomically(path("turn"), "first\n"));
        QCOMPARE(ctl({ "secret", "create", "turn", path("turn") }).exitCode, 0);
        QCOMPARE(said({ "--secret", "turn" }, "cat /run/secrets/turn"), QByteArray("first\n"));
        const auto refused = ctl({ "secret", "remove", "turn" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("used by x"), qPrintable(refused.text()));
        QVERIFY(writeFileAtomically(path("turn"), "second\n"));
        QCOMPARE(ctl({ "secret", "create", "--replace", "turn", path("turn") }).exitCode, 0);
        QCOMPARE(ctl({ "start", "x" }).exitCode, 0);
        QTRY_COMPARE_WITH_TIMEOUT(ctl({ "logs", "x" }).out, QByteArray("first\nsecond\n"), 20'000);
    }

    void standsBehindAVolumeAndAReadOnlyRoot()
    {
        QCOMPARE(said({ "-v", "store:/run", "--secret", "key" }, "cat /run/secrets/key"), kHush + QByteArray("\n"));
        QVERIFY(!exists(m_world.folders().volumes() + "/store/secrets/key"));
        CtlWorld::removeContainers();
        QCOMPARE(said({ "--read-only", "--secret", "key" }, "cat /run/secrets/key"), kHush + QByteArray("\n"));
    }

    void tellsWhatIsMissing()
    {
        const auto run = ctl({ "create", "--name", "x", "--secret", "none", "starter" });
        QCOMPARE(run.exitCode, 3);
        QVERIFY2(run.err.contains("secret create none"), qPrintable(run.text()));
        QVERIFY(CtlWorld::containers().isEmpty());
        QCOMPARE(ctl({ "create", "--name", "x", "--secret", "key,type=env", "starter" }).exitCode, 2);
        QVERIFY(ctl({ "create", "--vm", "--name", "x", "--secret", "key", "starter" }).exitCode != 0);
    }

private:
    std::string path(const char* below) const { return m_world.path(QLatin1String(below)).toStdString(); }

    /// What a container "x" as root with these options prints, run to its end.
    static QByteArray said(std::vector<std::string> options, const char* script)
    {
        std::vector<std::string> words{ "create", "--name", "x", "--no-network" };
        if (std::find(options.begin(), options.end(), "--user") == options.end())
            words.insert(words.end(), { "--user", "0" });
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { "starter", "/bin/sh", "-c", script });
        const auto made = ctl(words);
        if (made.exitCode != 0 || ctl({ "start", "x" }).exitCode != 0)
            return made.text().toUtf8() + ctl({ "logs", "x" }).text().toUtf8();
        if (!QTest::qWaitFor([] { return CtlWorld::only()[u"state"].toString() == u"stopped"; }, 60'000))
            return "it did not end";
        return ctl({ "logs", "x" }).out;
    }

    /// All that the container left in our folders, the store of secrets and what its own script printed apart.
    QByteArray leftBehind() const
    {
        const auto found = runChecked({ { "/bin/sh", "-c",
                                            "grep -rl \"$1\" \"$2\" --exclude-dir=secrets --exclude-dir=log "
                                            "--exclude=key.txt && echo \"$1\" || true; "
                                            "\"$3\" inspect --config x | grep \"$1\" || true",
                                            "sh", kHush, m_world.path().toStdString(), TH_BIN_DIR "/twinhullctl" },
                                          {}, {} },
            30s);
        return found ? QByteArray::fromStdString(*found) : QByteArray(kHush) + " was not looked for";
    }

    CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlSecretsTest)
#include "ctl_secrets_test.moc"
