// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/guest_setup.h"

#include <QTest>

using namespace twinhull;

namespace {

/// With ' for ": moc 6.4 loses its way in raw strings.
QByteArray json(const char* text)
{
    return QByteArray(text).replace('\'', '"');
}

} // namespace

class GuestSetupTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        GuestSetup setup;
        setup.hostName = "web";
        setup.arguments = { "httpd", "-f" };
        setup.environment = { "A=1", "TEXT=two words \"quoted\"" };
        setup.workingFolder = "/srv";
        setup.user = "www:www";
        setup.stopSignal = 3;
        setup.pidsLimit = 50;
        setup.network = GuestNetwork{};
        setup.cacheRestSeconds = 0;
        const auto back = decodeGuestSetup(encodeGuestSetup(setup));
        QVERIFY(back);
        QVERIFY(*back == setup);
    }

    /// Those that an older version wrote.
    void restsTheUsualTimeWhereNothingIsSaid()
    {
        GuestSetup setup;
        setup.arguments = { "true" };
        std::string text = encodeGuestSetup(setup);
        const std::string key = "\"cacheRestSeconds\":30,";
        QVERIFY(text.find(key) != std::string::npos);
        text.erase(text.find(key), key.size());
        const auto back = decodeGuestSetup(text);
        QVERIFY(back);
        QVERIFY(*back == setup);
    }

    void refusesWhatCannotRun_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::newRow("no program") << json("'arguments':[]");
        QTest::newRow("empty program") << json("'arguments':['']");
        QTest::newRow("relative folder") << json("'workingFolder':'srv'");
        QTest::newRow("no such signal") << json("'stopSignal':99");
        QTest::newRow("no such time of rest") << json("'cacheRestSeconds':86401");
        QTest::newRow("another version") << json("'version':2");
        QTest::newRow("broken network") << json("'network':{'address':'10.0.2.15'}");
        QTest::newRow("no such prefix") << json(
            "'network':{'address':'1.1.1.1','prefixLength':99,'gateway':'1.1.1.2','nameServer':'1.1.1.3'}");
    }

    void refusesWhatCannotRun()
    {
        QFETCH(QByteArray, change);
        GuestSetup setup;
        setup.arguments = { "true" };
        std::string text = encodeGuestSetup(setup);
        QVERIFY(decodeGuestSetup(text));
        text.insert(text.size() - 1, "," + change.toStdString()); // the last of two equal keys counts
        QVERIFY(!decodeGuestSetup(text));
    }
};

QTEST_GUILESS_MAIN(GuestSetupTest)
#include "guest_setup_test.moc"
