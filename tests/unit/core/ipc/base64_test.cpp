// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/base64.h"

#include <QTest>

using namespace twinhull;

class Base64Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// RFC 4648, section 10.
    void writesAsTheStandardSays_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray("") << QByteArray("");
        QTest::newRow("1") << QByteArray("f") << QByteArray("Zg==");
        QTest::newRow("2") << QByteArray("fo") << QByteArray("Zm8=");
        QTest::newRow("3") << QByteArray("foo") << QByteArray("Zm9v");
        QTest::newRow("4") << QByteArray("foob") << QByteArray("Zm9vYg==");
        QTest::newRow("5") << QByteArray("fooba") << QByteArray("Zm9vYmE=");
        QTest::newRow("6") << QByteArray("foobar") << QByteArray("Zm9vYmFy");
    }
    void writesAsTheStandardSays()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QCOMPARE(QByteArray::fromStdString(encodeBase64(bytes.toStdString())), text);
        const auto back = decodeBase64(text.toStdString());
        QVERIFY(back);
        QCOMPARE(QByteArray::fromStdString(*back), bytes);
    }

    void carriesEveryByte()
    {
        std::string bytes;
        for (int i = 0; i < 256 * 3; ++i)
            bytes += static_cast<char>(i / 3 + i);
        for (std::size_t cut = 0; cut < 3; ++cut) {
            const auto text = encodeBase64(bytes);
            QCOMPARE(QByteArray::fromStdString(text), QByteArray::fromStdString(bytes).toBase64());
            const auto back = decodeBase64(text);
            QVERIFY(back && *back == bytes);
            bytes.pop_back();
        }
    }

    void refusesWhatItNeverWrites_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("cut") << QByteArray("Zm9");
        QTest::newRow("a line end") << QByteArray("Zm9v\nZm9v");
        QTest::newRow("another alphabet") << QByteArray("Zm-_");
        QTest::newRow("padding inside") << QByteArray("Zg==Zg==");
        QTest::newRow("only padding") << QByteArray("====");
        QTest::newRow("stray bits of one byte") << QByteArray("Zh==");
        QTest::newRow("stray bits of two bytes") << QByteArray("Zm9=");
        QTest::newRow("not ASCII") << QByteArray("Zm9\xC3");
    }
    void refusesWhatItNeverWrites()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!decodeBase64(text.toStdString()));
    }
};

QTEST_GUILESS_MAIN(Base64Test)
#include "base64_test.moc"
