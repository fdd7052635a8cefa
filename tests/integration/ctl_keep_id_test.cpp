// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/images/store_use.h"
#include "core/images/unpacked_layer.h"
#include "tests/support/ctl_world.h"

#include <QDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;
using test::ctl;

/// --userns keep-id: real containers of an ordinary user (container_rootless_test), who is the same user inside.
class CtlKeepIdTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        QVERIFY(makeFolders(path("host")));
        QVERIFY(writeFileAtomically(path("host/mine"), "mine\n", 0600));
    }

    void cleanup() { test::CtlWorld::removeContainers(); }

    void isRefusedToRoot()
    {
        if (::geteuid() != 0)
            QSKIP("an ordinary user may");
        const auto run = ctl({ "create", "--name", "x", "--userns", "keep-id", "starter" });
        QVERIFY(run.exitCode != 0);
        QVERIFY2(run.err.contains("keep-id is for ordinary users"), qPrintable(run.text()));
        QVERIFY(test::CtlWorld::containers().isEmpty());
    }

    void isThePersonInside()
    {
        if (::geteuid() == 0)
            QSKIP("container_rootless_test runs it as an ordinary user");
        QVERIFY(starts({ "--userns", "keep-id", "-v", path("host") + ":/host" }));
        const QByteArray me = QByteArray::number(::getuid());
        const QByteArray group = QByteArray::number(::getgid());
        const QByteArray both = me + ':' + group + '\n';
        QCOMPARE(inside("id -u; id -g; id -un"), me + '\n' + group + "\ntwinhulltest\n");
        QCOMPARE(
            inside("cat /host/mine; touch /host/made; stat -c %u:%g /host/mine /host/made"), "mine\n" + both + both);
        QCOMPARE(ownerOf("host/made"), ::getuid());
        // the image's root is root inside, whom the person is not
        QCOMPARE(inside("stat -c %u:%g / /bin/busybox /etc/passwd /etc/hosts; touch /x || echo no; "
                        "echo evil::0:0::/:/bin/sh >> /etc/passwd || echo no"),
            QByteArray("0:0\n0:0\n0:0\n0:0\nno\nno\n"));
        QCOMPARE(
            ctl({ "exec", "--user", "0", "x", "sh", "-c", "id -un; touch /x /host/roots" }).out, QByteArray("root\n"));
        QVERIFY(ownerOf("host/roots") != ::getuid() && ownerOf("host/roots") != 0);
        QVERIFY(ctl({ "cp", path("host/mine"), "x:/tmp/copied" }).exitCode == 0);
        const auto again = ctl({ "inspect", "x" });
        QVERIFY2(again.exitCode == 0, qPrintable(again.text()));
    }

    void hasOtherNumbers()
    {
        if (::geteuid() == 0)
            QSKIP("container_rootless_test runs it as an ordinary user");
        QVERIFY(starts({ "--userns", "keep-id:uid=7,gid=8", "-v", path("host") + ":/host" }));
        QCOMPARE(inside("id -u; id -g; touch /host/sevens"), QByteArray("7\n8\n"));
        QCOMPARE(ownerOf("host/sevens"), ::getuid());
        test::CtlWorld::removeContainers();
        QVERIFY(starts({ "--userns", "keep-id", "--user", "1000:1000", "-v", path("host") + ":/host:ro" }));
        QCOMPARE(inside("id -u; cat /host/mine || echo closed"), QByteArray("1000\nclosed\n"));
        QCOMPARE(ctl({ "create", "--userns", "keep-id:uid=x", "starter" }).exitCode, 2);
        QCOMPARE(ctl({ "create", "--userns", "auto", "starter" }).exitCode, 2);
    }

    void sharesNetworksAndVolumes()
    {
        if (::geteuid() == 0)
            QSKIP("container_rootless_test runs it as an ordinary user");
        QCOMPARE(ctl({ "network", "create", "back" }).exitCode, 0);
        QCOMPARE(ctl({ "run", "--name", "other", "--network", "back", "starter", "sleep", "1000" }).exitCode, 0);
        QVERIFY(starts({ "--userns", "keep-id", "--network", "back", "-v", "store:/store" }));
        QCOMPARE(inside("id -u; touch /store/made && echo made; nslookup other >/dev/null && echo found"),
            QByteArray::number(::getuid()) + "\nmade\nfound\n");
        test::CtlWorld::removeContainers();
        QVERIFY(starts({ "-v", "store:/store" }));
        QCOMPARE(inside("stat -c %u:%g /store/made"), QByteArray("0:0\n")); // the person is root here
        test::CtlWorld::removeContainers();
        QCOMPARE(ctl({ "network", "remove", "back" }).exitCode, 0);
    }

    void keepsOwnersInANewImage()
    {
        if (::geteuid() == 0)
            QSKIP("container_rootless_test runs it as an ordinary user");
        QVERIFY(starts({ "--userns", "keep-id" }));
        const auto written = ctl({ "exec", "--user", "0", "x", "sh", "-c",
            "cp /bin/busybox /bin/roots && chmod 4755 /bin/roots && touch /mine /third && chown " + ids()
                + " /mine && chown 99:98 /third && mkdir -m 0700 /closed && touch /closed/file" });
        QVERIFY2(written.exitCode == 0, qPrintable(written.text()));
        QCOMPARE(ctl({ "commit", "x", "made:1" }).exitCode, 0);
        for (const char* mode : { "", "keep-id" }) {
            test::CtlWorld::removeContainers();
            QVERIFY(starts(
                *mode == '\0' ? std::vector<std::string>() : std::vector<std::string>{ "--userns", mode }, "made:1"));
            QCOMPARE(ctl({ "exec", "--user", "0", "x", "stat", "-c", "%u:%g %a", "/bin/roots", "/mine", "/third",
                             "/closed/file" })
                         .out,
                "0:0 4755\n" + QByteArray::fromStdString(ids()) + " 644\n99:98 644\n0:0 644\n");
        }
        test::CtlWorld::removeContainers();
        QCOMPARE(ctl({ "images", "remove", "made:1" }).exitCode, 0);
    }

    void goesWithItsImage()
    {
        if (::geteuid() == 0)
            QSKIP("container_rootless_test runs it as an ordinary user");
        QVERIFY(starts({ "--userns", "keep-id:uid=3,gid=3" }));
        test::CtlWorld::removeContainers();
        const std::string layers = m_world.folders().layers();
        int copies = 0;
        for (const auto& name : QDir(QString::fromStdString(layers)).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const auto layer = UnpackedLayer::fromFolderName(name.toStdString());
            QVERIFY2(layer, qPrintable(name));
            copies += layer->kept == KeptIds{ 3, 3 } ? 1 : 0;
        }
        QCOMPARE(copies, 1);
        const auto before = measureStore(m_world.folders(), [] { return false; });
        QVERIFY(before && before->leftoverBytes() == 0);
        QCOMPARE(ctl({ "images", "remove", "starter" }).exitCode, 0);
        QVERIFY(QDir(QString::fromStdString(layers)).entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty());
    }

private:
    std::string path(const char* below) const { return m_world.path(QLatin1String(below)).toStdString(); }
    static std::string ids() { return std::to_string(::getuid()) + ":" + std::to_string(::getgid()); }

    uid_t ownerOf(const char* below) const
    {
        struct stat info { };
        (void)::lstat(path(below).c_str(), &info); // a missing file shows as root's
        return info.st_uid;
    }

    static bool starts(const std::vector<std::string>& options, const char* image = "starter")
    {
        std::vector<std::string> words{ "run", "--name", "x" };
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { image, "sleep", "1000" });
        const auto run = ctl(words);
        if (run.exitCode != 0)
            qWarning("%s", qPrintable(run.text()));
        return run.exitCode == 0;
    }

    static QByteArray inside(const char* script)
    {
        const auto run = ctl({ "exec", "x", "sh", "-c", std::string(script) });
        if (!run.err.isEmpty())
            qInfo("%s", run.err.constData());
        return run.out;
    }

    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlKeepIdTest)
#include "ctl_keep_id_test.moc"
