// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/image_user.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace twinhull;

class ImageUserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("low/etc")) && makeFolders(path("high/etc")));
        QVERIFY(writeFileAtomically(path("low/etc/passwd"),
            "root:x:0:0:root:/root:/bin/sh\nweb:x:33:44:web:/srv:/bin/sh\nbroken line\n7:x:50:51::/odd:\n"));
        QVERIFY(writeFileAtomically(
            path("low/etc/group"), "root:x:0:\nwww:x:44:\nextra:x:60:root,web\nother:x:61:webber\n"));
    }

    void resolvesEveryForm_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<uint>("uid");
        QTest::addColumn<uint>("gid");
        QTest::newRow("none") << QByteArray() << 0U << 0U;
        QTest::newRow("name") << QByteArray("web") << 33U << 44U;
        QTest::newRow("listed number") << QByteArray("33") << 33U << 44U;
        QTest::newRow("other number") << QByteArray("4000") << 4000U << 0U;
        QTest::newRow("numbers") << QByteArray("4000:5000") << 4000U << 5000U;
        QTest::newRow("name and group") << QByteArray("web:extra") << 33U << 60U;
        QTest::newRow("number and group") << QByteArray("33:www") << 33U << 44U;
    }

    void resolvesEveryForm()
    {
        QFETCH(QByteArray, user);
        QFETCH(uint, uid);
        QFETCH(uint, gid);
        const auto found = resolveImageUser(user.toStdString(), { path("high"), path("low") });
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QCOMPARE(found->uid, uid);
        QCOMPARE(found->gid, gid);
    }

    void addsTheGroupsThatListTheUser()
    {
        const auto found = resolveImageUser("web", { path("low") });
        QVERIFY(found);
        QCOMPARE(found->additionalGids, std::vector<std::uint32_t>{ 60 });
        QCOMPARE(found->home, std::string("/srv"));
    }

    void refusesWhatIsNotListed_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::newRow("unknown name") << QByteArray("nobody");
        QTest::newRow("unknown group") << QByteArray("web:nogroup");
        QTest::newRow("a number and more") << QByteArray("33x");
        QTest::newRow("negative") << QByteArray("-1");
        QTest::newRow("beyond 32 bits") << QByteArray("4294967296");
        QTest::newRow("the id that means none") << QByteArray("4294967295");
    }

    void refusesWhatIsNotListed()
    {
        QFETCH(QByteArray, user);
        QVERIFY(!resolveImageUser(user.toStdString(), { path("low") }));
    }

    void theHighestLayerWins()
    {
        QVERIFY(writeFileAtomically(path("high/etc/passwd"), "web:x:99:98::/:\n"));
        const auto found = resolveImageUser("web", { path("high"), path("low") });
        QVERIFY(found);
        QCOMPARE(found->uid, 99U);
    }

    void aWhiteoutHidesTheFileBelow()
    {
        if (::geteuid() != 0)
            QSKIP("needs root to make a device");
        QCOMPARE(::mknod(path("high/etc/passwd").c_str(), S_IFCHR, 0), 0);
        QVERIFY(!resolveImageUser("web", { path("high"), path("low") }));
    }

    void hiddenFoldersHideTheFileBelow_data()
    {
        QTest::addColumn<QString>("mark");
        QTest::newRow("the file") << QStringLiteral("high/etc/.wh.passwd");
        QTest::newRow("the folder") << QStringLiteral("high/.wh.etc");
        QTest::newRow("all in the folder") << QStringLiteral("high/etc/.wh..wh..opq");
    }
    void hiddenFoldersHideTheFileBelow()
    {
        QFETCH(QString, mark);
        QVERIFY(resolveImageUser("web", { path("high"), path("low") }));
        QVERIFY(writeFileAtomically(path(mark.toUtf8().constData()), ""));
        QVERIFY(!resolveImageUser("web", { path("high"), path("low") }));
    }

    void aLinkCannotLeaveTheLayer()
    {
        QVERIFY(writeFileAtomically(path("outside"), "web:x:1:1::/:\n"));
        QCOMPARE(::symlink(path("outside").c_str(), path("high/etc/passwd").c_str()), 0);
        const auto found = resolveImageUser("web", { path("high") });
        QVERIFY(!found);
        QVERIFY(!resolveImageUser("web", { path("high") }));
    }

    void doesNotWaitForAFifo()
    {
        QCOMPARE(::mkfifo(path("high/etc/passwd").c_str(), 0600), 0);
        QVERIFY(!resolveImageUser("web", { path("high") }));
    }

private:
    std::string path(const char* below) const { return m_root->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_root;
};

QTEST_GUILESS_MAIN(ImageUserTest)
#include "image_user_test.moc"
