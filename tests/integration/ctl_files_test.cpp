// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_provider.h"
#include "core/copy/inside_files.h"
#include "core/images/image_store.h"
#include "tests/support/ctl_world.h"
#include "tests/support/wait_for_job.h"

#include <QFile>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

/// The files of a real container: "twinhullctl ls", and what the window does with them.
class CtlFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        const auto run = ctl({ "run", "--no-network", "--name", "box", "--user", "0", "starter", "/bin/sh", "-c",
            "mkdir -p /t/sub; echo 12345 > /t/file; chmod 640 /t/file; ln -s sub /t/way; ln -s / /t/root;"
            "touch \"$(printf '/t/bad\\377\\033[31m')\"; mkfifo /t/pipe; ln -s /t /alias; echo ready; exec sleep "
            "1000" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "logs", "box" }).out.contains("ready"), 20'000);
        m_images = std::make_unique<ImageStore>(m_world.folders());
        m_containers = std::make_unique<ContainerProvider>(m_world.folders(), *m_images);
        QTRY_VERIFY_WITH_TIMEOUT(m_containers->isSettled(), 20'000);
    }
    void cleanupTestCase()
    {
        m_containers.reset();
        CtlWorld::removeContainers();
    }

    void listsAFolder()
    {
        const auto listed = ctl({ "ls", "box:/alias", "--json" }).json().array();
        QCOMPARE(listed.size(), 6);
        QCOMPARE(listed[0][u"name"].toString(), QStringLiteral("sub")); // folders first
        QMap<QString, QJsonValue> files;
        for (const auto& file : listed)
            files[file[u"name"].toString()] = file;
        QCOMPARE(files[QStringLiteral("file")][u"bytes"].toInt(), 6);
        QCOMPARE(files[QStringLiteral("file")][u"mode"].toString(), QStringLiteral("0640"));
        QCOMPARE(files[QStringLiteral("pipe")][u"kind"].toString(), QStringLiteral("fifo"));
        QCOMPARE(files[QStringLiteral("way")][u"target"].toString(), QStringLiteral("sub"));
        const auto bad = files[QStringLiteral("bad\\xff\\x1b[31m")];
        QCOMPARE(QByteArray::fromBase64(bad[u"name_base64"].toString().toLatin1()), QByteArray("bad\xff\x1b[31m"));
        const auto table = ctl({ "ls", "box:/t" });
        QVERIFY2(table.exitCode == 0 && table.out.contains("-rw-r-----") && !table.out.contains('\x1b'),
            qPrintable(table.text()));
        QCOMPARE(ctl({ "ls", "box:/t/file", "--json" }).json().array().size(), 1);
    }

    void staysInsideWhateverLinksSay()
    {
        const auto inside = ctl({ "ls", "box", "--json" }).json().array();
        const auto behind = ctl({ "ls", "box:/t/root/../../../..", "--json" }).json().array();
        QVERIFY(!inside.isEmpty());
        QCOMPARE(behind.size(), inside.size());
        QVERIFY(ctl({ "ls", "box:/t/root/t", "--json" }).json().array().size() == 6);
    }

    void tellsWhatIsMissing()
    {
        QCOMPARE(ctl({ "ls", "box:/none" }).exitCode, 3);
        QCOMPARE(ctl({ "ls", "nobody:/" }).exitCode, 3);
        QCOMPARE(ctl({ "create", "--name", "still", "starter" }).exitCode, 0);
        const auto still = ctl({ "ls", "still:/" });
        QVERIFY2(still.exitCode != 0 && still.err.contains("start"), qPrintable(still.text()));
    }

    void changesFilesInside()
    {
        const auto files = filesOfBox();
        QVERIFY(done(files.makeFolder("/t/made")));
        QVERIFY(!done(files.makeFolder("/t/made")));
        QVERIFY(done(files.rename("/t/made", "/t/named\n")));
        QVERIFY(!done(files.rename("/t/named\n", "/t/file")));
        QVERIFY(done(files.remove("/t/named\n")));
        QVERIFY(!done(files.remove("/")));
        QCOMPARE(ctl({ "ls", "box:/t", "--json" }).json().array().size(), 6);
    }

    void editsASmallText()
    {
        const auto files = filesOfBox();
        const auto read = std::make_shared<InsideText>();
        QVERIFY(done(files.readText("/t/file", read)));
        QCOMPARE(read->text, std::string("12345\n"));
        const auto after = std::make_shared<InsideText>();
        const std::string text(200'000, 'x'); // more than one message
        QVERIFY(done(files.writeText("/t/file", *read, text, after)));
        QCOMPARE(ctl({ "exec", "box", "sh", "-c", "tr -d x < /t/file | wc -c; stat -c '%s %a' /t/file" }).out,
            QByteArray("0\n200000 640\n"));
        const auto refused = std::make_shared<InsideText>();
        QVERIFY(!done(files.writeText("/t/file", *read, "late", refused))); // it is no more as it was read
        QVERIFY(done(files.writeText("/t/file", *after, "12345\n", refused)));
        QVERIFY(!done(files.readText("/t/sub", read)));
        QCOMPARE(ctl({ "exec", "box", "sh", "-c", "dd if=/dev/zero of=/t/big bs=1M count=2 2>/dev/null" }).exitCode, 0);
        QVERIFY(!done(files.readText("/t/big", read)));
        QVERIFY(done(files.remove("/t/big")));
        QVERIFY(done(files.readText("/etc/hosts", read))); // a file that is mounted there cannot be replaced
        QVERIFY(done(files.writeText("/etc/hosts", *read, read->text + "10.0.0.1 other\n", after)));
        QVERIFY(ctl({ "exec", "box", "cat", "/etc/hosts" }).out.endsWith("10.0.0.1 other\n"));
    }

    void carriesFilesBothWays()
    {
        const auto files = filesOfBox();
        const auto outcome = std::make_shared<CopyOutcome>();
        QVERIFY(done(files.download("/t/file", path("down"), outcome)));
        QFile down(QString::fromStdString(path("down")));
        QVERIFY(down.open(QIODevice::ReadOnly) && down.readAll() == "12345\n");
        QVERIFY(done(files.upload(path("down"), "/t/sub", outcome)));
        QCOMPARE(ctl({ "exec", "box", "cat", "/t/sub/down" }).out, QByteArray("12345\n"));
    }

private:
    InsideFiles filesOfBox() const
    {
        for (const auto& info : m_containers->workloads()) {
            if (info.name == u"box")
                return { *m_containers, info.id, info.name };
        }
        return { *m_containers, {}, {} };
    }
    static bool done(std::unique_ptr<Job> job)
    {
        const auto result = runJob(*job);
        if (!result)
            qDebug("%s", result.error().toLine().c_str());
        return bool(result);
    }
    std::string path(const char* below) const { return m_world.path(QLatin1String(below)).toStdString(); }

    CtlWorld m_world;
    std::unique_ptr<ImageStore> m_images;
    std::unique_ptr<ContainerProvider> m_containers;
};

QTEST_GUILESS_MAIN(CtlFilesTest)
#include "ctl_files_test.moc"
