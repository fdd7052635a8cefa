// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/volumes/volumes.h"
#include "tests/support/ctl_world.h"
#include "tests/support/image_archive.h"

#include <QDir>
#include <QTest>

#include <array>
#include <future>

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace twinhull;
using namespace std::chrono_literals;
using namespace twinhull::test;

/// "twinhullctl volume" on volumes that real containers fill.
class CtlVolumesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<CtlWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
    }
    void cleanup() { m_world.reset(); }

    void listsWhoUsesIt()
    {
        QCOMPARE(ctl({ "volume", "create", "empty", "other" }).exitCode, 0);
        QCOMPARE(ctl({ "volume", "create", "empty" }).exitCode, 4);
        QCOMPARE(ctl({ "volume", "create", "../out" }).exitCode, 2);
        QCOMPARE(ctl({ "volume", "create", "--size", "4K", "tiny" }).exitCode, 2);
        QCOMPARE(ctl({ "volume", "create", "--opt", "type=nfs", "elsewhere" }).exitCode, 2);
        fill("dd if=/dev/zero of=/data/zeros bs=1024 count=512 2>/dev/null");
        const auto all = ctl({ "volume", "list", "--json" }).json().array();
        QCOMPARE(all.size(), 3);
        QCOMPARE(all[0][u"name"].toString(), QStringLiteral("data"));
        struct stat info { };
        QCOMPARE(::stat(volumePath(QStringLiteral("data")).toUtf8().constData(), &info), 0);
        if (::geteuid() == 0)
            QCOMPARE(info.st_uid, uid_t(1000)); // the image's user may write there
        QCOMPARE(all[0][u"used_by"].toArray(), QJsonArray{ QStringLiteral("filler") });
        QVERIFY(all[0][u"bytes"].toDouble() >= 512 * 1024);
        QCOMPARE(all[1][u"used_by"].toArray(), QJsonArray());
        QVERIFY(all[1][u"limit_bytes"].isNull() && all[1][u"limit_needs"].isNull());
        QCOMPARE(ctl({ "volume", "list", "nobody" }).exitCode, 3);
    }

    /// What a limit does is seen in the lab's guest, whose file system holds one; here one cannot be had.
    void saysWhatALimitNeeds()
    {
        const auto made = ctl({ "volume", "create", "--opt", "o=size=100M", "small" });
        if (made.exitCode == 0)
            QSKIP("this computer's file system holds limits");
        QVERIFY2(made.err.contains("project quotas") && made.err.contains("prjquota"), made.err.constData());
        QVERIFY2(!made.err.contains("not implemented"), made.err.constData()); // the kernel's words, not people's
        QCOMPARE(ctl({ "volume", "list", "--json" }).json().array(), QJsonArray());
        QCOMPARE(QDir(volumePath({})).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
            QStringList{ QStringLiteral(".lock") });
    }

    /// An ordinary person may not open what is a container's alone; whether it has a limit is then not known.
    void saysThatItCouldNotLookForALimit()
    {
        if (::geteuid() != 0)
            QSKIP("giving a folder to somebody else needs root");
        QCOMPARE(ctl({ "volume", "create", "theirs" }).exitCode, 0);
        const QByteArray path = QFile::encodeName(volumePath(QStringLiteral("theirs")));
        QCOMPARE(::chown(path.constData(), 1000, 1000), 0);
        QCOMPARE(::chmod(path.constData(), 0700), 0);
        const auto seen = std::async(std::launch::async,
            [this] { // rights are a thread's own
                __user_cap_header_struct header{ _LINUX_CAPABILITY_VERSION_3, 0 };
                std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
                return ::syscall(SYS_capset, &header, none.data()) == 0 ? listVolumes(m_world->folders()) : Error{};
            })
                              .get();
        QVERIFY2(seen, seen ? "" : seen.error().message.c_str());
        QCOMPARE(seen->front().limitNeeds, QStringLiteral("needs root, who may open it"));
        QVERIFY(!seen->front().limitBytes);
    }

    void startsWithWhatTheImageHas()
    {
        const auto listing = [](const char* name, const char* volume) {
            const std::vector<std::string> words{ "create", "--name", name, "--user", "0", "-v", volume,
                "twinhull/starter", "/bin/sh", "-c", "ls -A /srv/www; rm -f /srv/www/index.html; echo THE END" };
            const auto made = ctl(words);
            if (made.exitCode != 0 || ctl({ "start", name }).exitCode != 0)
                return made.text().toUtf8() + ctl({ "logs", name }).text().toUtf8();
            if (!QTest::qWaitFor([&] { return ctl({ "logs", name }).out.contains("THE END"); }, 60'000))
                return QByteArray("no end");
            return ctl({ "logs", name }).out;
        };
        const QByteArray full = listing("first", "site:/srv/www:nocopy"); // once is enough: it is new no more
        QCOMPARE(full, QByteArray("THE END\n"));
        QCOMPARE(listing("again", "site:/srv/www"), QByteArray("THE END\n"));
        QCOMPARE(ctl({ "volume", "create", "made" }).exitCode, 0);
        const QByteArray filled = listing("third", "made:/srv/www");
        QVERIFY2(filled.contains("index.html\n"), filled.constData());
        struct stat info { };
        QCOMPARE(::stat(volumePath(QStringLiteral("made/cgi-bin/work")).toUtf8().constData(), &info), 0);
        QVERIFY((info.st_mode & 0111U) != 0);
        const QByteArray kept = listing("fourth", "made:/srv/www"); // filled once, never again
        QVERIFY2(kept.contains("cgi-bin\n") && !kept.contains("index.html"), kept.constData());
        for (const char* name : { "first", "again", "third", "fourth" })
            QCOMPARE(ctl({ "remove", name }).exitCode, 0);
        QCOMPARE(ctl({ "volume", "remove", "site", "made" }).exitCode, 0);
        QCOMPARE(QDir(volumePath({})).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
            QStringList{ QStringLiteral(".lock") });
    }

    void removesOnlyWhatNobodyUses()
    {
        QCOMPARE(ctl({ "volume", "create", "empty" }).exitCode, 0);
        fill("echo kept > /data/file");
        const auto refused = ctl({ "volume", "remove", "data" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("filler"), qPrintable(refused.text()));
        QCOMPARE(ctl({ "volume", "prune", "--json" }).exitCode, 2); // it asks nothing
        QCOMPARE(ctl({ "volume", "prune", "--force", "--json" }).json().array(), QJsonArray{ QStringLiteral("empty") });
        QVERIFY(QFile::exists(volumePath(QStringLiteral("data/file"))));
        QCOMPARE(ctl({ "remove", "filler" }).exitCode, 0);
        QVERIFY(QFile::exists(volumePath(QStringLiteral("data/file")))); // it outlives its container
        QCOMPARE(ctl({ "volume", "remove", "data" }).exitCode, 0);
        QCOMPARE(QDir(volumePath({})).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList());
    }

    void bringsBackWhatItExported()
    {
        fill("mkdir /data/sub && echo a > '/data/sub/.wh.name' && echo b > /data/b && ln /data/b /data/hard "
             "&& ln -s b /data/soft && chmod 4755 /data/b && mkfifo /data/pipe "
             "&& dd if=/dev/zero of=/data/sparse bs=1 count=1 seek=8388607 2>/dev/null");
        QCOMPARE(::setxattr(volumePath(QStringLiteral("data/b")).toUtf8().constData(), "user.kept", "x", 1, 0), 0);
        const std::string file = m_world->path(QStringLiteral("backup.tar")).toStdString();
        const auto exported = ctl({ "volume", "export", "data", "-o", file });
        QVERIFY2(exported.exitCode == 0, qPrintable(exported.text()));
        QCOMPARE(ctl({ "volume", "export", "data", "-o", file }).exitCode, 4); // never over something
        QCOMPARE(ctl({ "volume", "import", "data", file }).exitCode, 4); // nor into something
        QCOMPARE(ctl({ "volume", "create", "back" }).exitCode, 0);
        const auto imported = ctl({ "volume", "import", "back", file });
        QVERIFY2(imported.exitCode == 0, qPrintable(imported.text()));
        QCOMPARE(describe("back"), describe("data"));
        QVERIFY(describe("back").contains("sub/.wh.name"));
        char value[2] = {};
        QCOMPARE(::getxattr(volumePath(QStringLiteral("back/b")).toUtf8().constData(), "user.kept", value, 2), 1);
        struct stat info { };
        QCOMPARE(::stat(volumePath(QStringLiteral("back/sparse")).toUtf8().constData(), &info), 0);
        QVERIFY(info.st_blocks * 512 < 1 << 20);
    }

    void takesNothingOfABrokenOrHostileTar_data()
    {
        QTest::addColumn<QByteArray>("tar");
        const auto bytes = [](const TarBuilder& builder) { return QByteArray::fromStdString(builder.build()); };
        QTest::newRow("words") << QByteArray("just words, no tar at all");
        QTest::newRow("cut") << bytes(TarBuilder().file("a", std::string(100'000, 'a'))).left(50'000);
        QTest::newRow("up and out") << bytes(TarBuilder().file("../../out", "x"));
        QTest::newRow("through a link") << bytes(
            TarBuilder().add({ "way", '2', {}, "/", 0777 }).file("way/out-of-here", "x"));
    }
    void takesNothingOfABrokenOrHostileTar()
    {
        QFETCH(QByteArray, tar);
        const std::string file = m_world->path(QStringLiteral("bad.tar")).toStdString();
        QVERIFY(writeFileAtomically(file, tar.toStdString()));
        const auto imported = ctl({ "volume", "import", "bad", file });
        if (imported.exitCode == 0) // a link within the volume is followed there, as in a container
            QVERIFY(QFile::exists(volumePath(QStringLiteral("bad/out-of-here"))));
        else
            QCOMPARE(QDir(volumePath({})).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList());
        QVERIFY(!QFile::exists(QStringLiteral("/out-of-here")));
        QVERIFY(!QFile::exists(m_world->path(QStringLiteral("out"))));
    }

private:
    QString volumePath(const QString& below) const
    {
        return QString::fromStdString(m_world->folders().volumes()) + u'/' + below;
    }
    /// Runs a container "filler" to its end with the volume "data" at /data.
    void fill(const char* script) const
    {
        const auto made = ctl({ "create", "--name", "filler", "-v", "data:/data", "twinhull/starter", "/bin/sh", "-c",
            std::string(script) + "; echo filled $?" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QCOMPARE(ctl({ "start", "filler" }).exitCode, 0);
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "logs", "filler" }).out.contains("filled"), 20'000);
        QVERIFY2(ctl({ "logs", "filler" }).out.contains("filled 0"), qPrintable(ctl({ "logs", "filler" }).text()));
        QTRY_COMPARE_WITH_TIMEOUT(CtlWorld::containers()[0][u"state"].toString(), QStringLiteral("stopped"), 20'000);
    }
    QByteArray describe(const char* name) const
    {
        const auto text = runChecked({ { "sh", "-c",
                                           "cd \"$1\" && find . -mindepth 1 -printf '%P %y %m %U:%G %n %s %l\\n' | "
                                           "LC_ALL=C sort && find . -type f | LC_ALL=C sort | xargs sha256sum",
                                           "sh", volumePath(QLatin1String(name)).toStdString() },
                                         {}, {} },
            20s);
        return text ? QByteArray::fromStdString(*text) : QByteArray();
    }

    std::unique_ptr<CtlWorld> m_world;
};

QTEST_GUILESS_MAIN(CtlVolumesTest)
#include "ctl_volumes_test.moc"
