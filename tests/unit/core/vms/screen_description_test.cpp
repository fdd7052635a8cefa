// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/screen_description.h"

#include <QTest>

using namespace twinhull;

class ScreenDescriptionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryGraphicsDevice()
    {
        const auto all = screensOf(R"(<domain><name>x</name><devices>
            <input type='tablet' bus='usb'/>
            <graphics type='vnc' port='5901' autoport='yes' passwd='secret'><listen type='address' address='::1'/></graphics>
            <graphics type='spice' port='-1' autoport='yes'/>
            <graphics type='vnc'><listen type='socket' socket='/run/x.sock'/></graphics>
            <graphics type='dbus'/>
            <graphics type='spice' tlsPort='5999' listen='10.0.0.2'/>
            <video><model type='qxl' heads='3'/></video></devices></domain>)");
        QVERIFY(all);
        QCOMPARE(all->size(), 5U);
        const auto& first = all->front();
        QCOMPARE(first.screen.kind, MachineScreen::Kind::Vnc);
        QCOMPARE(first.screen.address, QStringLiteral("[::1]:5901"));
        QCOMPARE(first.screen.heads, 3);
        QVERIFY(first.screen.hasTablet);
        QCOMPARE(first.password, QByteArray("secret"));
        QCOMPARE((*all)[1].screen.kind, MachineScreen::Kind::Spice);
        QCOMPARE((*all)[1].screen.address, QString());
        QCOMPARE((*all)[2].screen.address, QStringLiteral("/run/x.sock"));
        QCOMPARE((*all)[3].screen.kind, MachineScreen::Kind::Other);
        QCOMPARE((*all)[4].screen.address, QStringLiteral("10.0.0.2:5999"));
        QCOMPARE((*all)[4].screen.index, 4);
    }

    void hasNoneWithoutAny()
    {
        const auto all = screensOf("<domain><devices><input type='mouse' bus='ps2'/></devices></domain>");
        QVERIFY(all);
        QVERIFY(all->empty());
        QVERIFY(!screensOf("<network/>"));
    }

    void readsNoMoreThanAScreenful()
    {
        QByteArray xml("<domain><devices>");
        for (int i = 0; i < 100; ++i)
            xml += "<graphics type='vnc' port='99999'/>";
        const auto all = screensOf(xml + "<video><model heads='4000000000'/></video></devices></domain>");
        QVERIFY(all);
        QCOMPARE(all->size(), 32U);
        QCOMPARE(all->front().port, 0);
        QCOMPARE(all->front().screen.heads, 1);
    }

    void knowsWhoIsReached_data()
    {
        QTest::addColumn<QString>("listens");
        QTest::addColumn<QString>("remote");
        QTest::addColumn<QString>("reached");
        const auto row = [](const char* name, const char* listens, const char* remote, const char* reached) {
            QTest::newRow(name) << QString::fromLatin1(listens) << QString::fromLatin1(remote)
                                << QString::fromLatin1(reached);
        };
        row("here", "127.0.0.1", "", "127.0.0.1");
        row("everywhere, here", "0.0.0.0", "", "127.0.0.1");
        row("everywhere, there", "::", "far", "far");
        row("only there", "127.0.0.1", "far", "");
        row("at an address of it", "10.0.0.2", "far", "10.0.0.2");
    }
    void knowsWhoIsReached()
    {
        QFETCH(QString, listens);
        QFETCH(QString, remote);
        QFETCH(QString, reached);
        QCOMPARE(reachableHost(listens, remote), reached);
    }
};

QTEST_GUILESS_MAIN(ScreenDescriptionTest)
#include "screen_description_test.moc"
