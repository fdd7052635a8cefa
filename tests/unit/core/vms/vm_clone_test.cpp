// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_clone.h"

#include "core/vms/screens/screen_picture.h"

#include <QTest>

using namespace twinhull;

class VmCloneTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesEveryOldNameANewOne()
    {
        const QString old = QStringLiteral("11111111-2222-3333-4444-555555555555");
        const QString fresh = QStringLiteral("99999999-2222-3333-4444-555555555555");
        const auto xml = cloneDefinition("<domain><name>a</name><uuid>11111111-2222-3333-4444-555555555555</uuid>"
                                         "<genid>1</genid><devices><interface type='user'>"
                                         "<mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>"
                                         "<channel><source path='/run/11111111.qga'/></channel>"
                                         "<serial><log file='/v/11111111-2222-3333-4444-555555555555/console.log'/>"
                                         "</serial></devices><x:kept xmlns:x='urn:x'/></domain>",
            QStringLiteral("b & c"), old, fresh);
        QVERIFY(xml);
        QVERIFY2(!xml->contains("11111111") && !xml->contains("52:54") && !xml->contains("genid"), xml->constData());
        for (const char* kept : { "b &amp; c", "model type=\"virtio\"", "/run/99999999.qga", "x:kept" })
            QVERIFY2(xml->contains(kept), xml->constData());
    }

    void makesAPngOfAScreen()
    {
        const QByteArray pixels("\xff\x00\x00\x00\xff\x00", 6);
        const auto png = pngOfScreen("P6\n2 1\n255\n" + pixels);
        QVERIFY(png);
        QVERIFY(png->startsWith("\x89PNG\r\n\x1a\n"));
        QCOMPARE(png->mid(12, 4), QByteArray("IHDR"));
        QCOMPARE(png->mid(16, 8), QByteArray("\0\0\0\2\0\0\0\1", 8));
        // of IEND, which is the same in every PNG (https://www.w3.org/TR/png/#11IEND)
        QCOMPARE(png->right(12), QByteArray("\0\0\0\0IEND\xae\x42\x60\x82", 12));
        const qsizetype data = png->indexOf("IDAT");
        const auto packed = png->mid(data + 4, png->indexOf("IEND") - 4 - 4 - data - 4);
        QCOMPARE(qUncompress(QByteArray("\0\0\0\7", 4) + packed), QByteArray(1, '\0') + pixels);
        QCOMPARE(*pngOfScreen(*png), *png);
    }

    void refusesWhatIsNoPicture_data()
    {
        QTest::addColumn<QByteArray>("picture");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("too short") << QByteArray("P6 2 2 255 abc");
        QTest::newRow("endless") << QByteArray("P6 99999999999999999999 1 255 ");
        QTest::newRow("deep colours") << QByteArray("P6 1 1 65535 abcdef");
        QTest::newRow("text") << QByteArray("P3 1 1 255 1 1 1");
    }

    void refusesWhatIsNoPicture()
    {
        QFETCH(QByteArray, picture);
        QVERIFY(!pngOfScreen(picture));
    }
};

QTEST_GUILESS_MAIN(VmCloneTest)
#include "vm_clone_test.moc"
