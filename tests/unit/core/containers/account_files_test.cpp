// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/account_files.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

class AccountFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addsAnAccountWithoutAPassword()
    {
        QCOMPARE(passwdWith("root:x:0:0::/root:/bin/sh", { 1000, 100 }, "mia", "/srv"),
            std::string("root:x:0:0::/root:/bin/sh\nmia:*:1000:100::/srv:/bin/sh\n"));
        QCOMPARE(groupWith("root:x:0:\n", 100, "mia"), std::string("root:x:0:\nmia:*:100:\n"));
        QCOMPARE(passwdWith("", { 1, 1 }, "mia", "/"), std::string("mia:*:1:1::/:/bin/sh\n"));
    }

    void leavesWhomTheImageLists()
    {
        const std::string passwd = "node:x:1000:1000::/home/node:/bin/sh\n";
        QCOMPARE(passwdWith(passwd, { 1000, 7 }, "mia", "/srv"), passwd);
    }

    void neverWritesAnotherLineThanItsOwn_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("home");
        QTest::addColumn<QByteArray>("line");
        const auto row = [](const char* title, const char* name, const char* home, const char* line) {
            QTest::newRow(title) << QByteArray(name) << QByteArray(home) << QByteArray(line);
        };
        row("name that the image has", "root", "/", "user1000:*:1000:7::/:/bin/sh\n");
        row("no name", "", "/", "user1000:*:1000:7::/:/bin/sh\n");
        row("name with a colon", "a:b", "/", "user1000:*:1000:7::/:/bin/sh\n");
        row("name with a line end", "a\nb", "/", "user1000:*:1000:7::/:/bin/sh\n");
        row("folder with a line end", "mia", "/x\nevil::0:0::/:/bin/sh", "mia:*:1000:7::/:/bin/sh\n");
        row("folder with a colon", "mia", "/a:b", "mia:*:1000:7::/:/bin/sh\n");
    }
    void neverWritesAnotherLineThanItsOwn()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, home);
        QFETCH(QByteArray, line);
        const std::string root = "root:x:0:0::/root:/bin/sh\n";
        QCOMPARE(passwdWith(root, { 1000, 7 }, name.toStdString(), home.toStdString()), root + line.toStdString());
    }

    void tellsOnlyFilesThatChange()
    {
        const QTemporaryDir layer;
        const std::string folder = layer.path().toStdString();
        QVERIFY(makeFolders(folder + "/etc"));
        QVERIFY(writeFileAtomically(folder + "/etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n"));
        QVERIFY(writeFileAtomically(folder + "/etc/group", "root:x:0:\n"));
        const auto files = accountFilesFor({ 33, 33 }, "/", { folder });
        QVERIFY(files);
        QCOMPARE(files->size(), std::size_t{ 1 });
        QCOMPARE(std::string(files->front().name), std::string("group"));
        const auto none = accountFilesFor({ 0, 0 }, "/", { folder });
        QVERIFY(none && none->empty());
    }
};

QTEST_GUILESS_MAIN(AccountFilesTest)
#include "account_files_test.moc"
