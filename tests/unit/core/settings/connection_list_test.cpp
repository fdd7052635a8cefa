// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/connection_list.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace twinhull;

namespace {

constexpr auto kOddConnections = "[{\"name\":\"../a\",\"uri\":\"xen:///\"},{\"name\":\"b\",\"uri\":\"no address\"},7,"
                                 "{\"name\":\"ok\",\"uri\":\"xen:///\"},{\"name\":\"ok\",\"uri\":\"lxc:///\"}]";

}

class ConnectionListTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_folders.config = m_root->path().toStdString() + "/twinhull";
    }

    void keepsWhatWasAdded()
    {
        const ConnectionList list(m_folders);
        QVERIFY(list.read() && list.read()->empty());
        QVERIFY(list.add({ QStringLiteral("lab"), QStringLiteral("qemu+ssh://me@lab/system"), false }, m_home));
        const SavedConnection kept{ QStringLiteral("lab"), QStringLiteral("qemu+ssh://me@lab/system"), false };
        QCOMPARE(*ConnectionList(m_folders).read(), std::vector{ kept });
        QCOMPARE(*list.find(kept.uri), kept);
        QVERIFY(list.remove(kept.name));
        QCOMPARE(list.remove(kept.name).error().code, ErrorCode::NotFound);
        QVERIFY(list.read()->empty());
    }

    void namesByTheAddress_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("name");
        QTest::newRow("system") << QStringLiteral("qemu:///system") << QStringLiteral("system");
        QTest::newRow("test") << QStringLiteral("test:///default") << QStringLiteral("test");
        QTest::newRow("host") << QStringLiteral("qemu+ssh://me@Lab.Example/system") << QStringLiteral("lab.example");
        QTest::newRow("bare") << QStringLiteral("xen:///") << QStringLiteral("xen");
    }

    void namesByTheAddress()
    {
        QFETCH(QString, uri);
        QTEST(ConnectionList(m_folders).add({ {}, uri, true }, m_home)->name, "name");
    }

    void theSecondOfOneNameAtOnceIsRefused()
    {
        const auto add = [this](const char* uri, int& added) {
            added += ConnectionList(m_folders).add({ QStringLiteral("one"), QLatin1String(uri), true }, m_home) ? 1 : 0;
        };
        int first = 0;
        int second = 0;
        std::thread other([&] { add("xen:///a", first); });
        add("xen:///b", second);
        other.join();
        QCOMPARE(first + second, 1);
        QCOMPARE(ConnectionList(m_folders).read()->size(), std::size_t{ 1 });
    }

    void leavesAloneWhatItCannotRead()
    {
        QVERIFY(makeFolders(m_folders.config));
        const std::string path = m_folders.config + "/connections.json";
        QVERIFY(writeFileAtomically(path, "{ broken"));
        const ConnectionList list(m_folders);
        QCOMPARE(list.add({ {}, QStringLiteral("xen:///"), true }, m_home).error().code, ErrorCode::Corrupt);
        QCOMPARE(*readFile(path), std::string("{ broken"));
    }

    void skipsWhatIsNoConnection()
    {
        QVERIFY(makeFolders(m_folders.config));
        QVERIFY(writeFileAtomically(m_folders.config + "/connections.json", kOddConnections));
        QCOMPARE(ConnectionList(m_folders).read()->size(), std::size_t{ 1 });
    }

private:
    std::unique_ptr<QTemporaryDir> m_root;
    DataFolders m_folders;
    const QString m_home = QStringLiteral("qemu:///session");
};

QTEST_GUILESS_MAIN(ConnectionListTest)
#include "connection_list_test.moc"
