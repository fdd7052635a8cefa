// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/carry/carry_message.h"

#include <QTest>

using namespace twinhull;

namespace {

CarryMessage fileMessage()
{
    CarryMessage message;
    message.kind = CarryKind::File;
    message.name = "name \xff of bytes";
    message.attributes = { 0644, 1000, 65534, -5, 999'999'999 };
    message.bytes = 1ULL << 40U;
    return message;
}

} // namespace

class CarryMessageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatItWroteInAnyPieces()
    {
        CarryMessage piece;
        piece.kind = CarryKind::Bytes;
        piece.text = std::string(kCarryBytesLimit, '\0');
        const std::string stream = encodeCarryMessage(fileMessage()) + encodeCarryMessage(piece);
        for (const std::size_t step : { std::size_t{ 1 }, std::size_t{ 7 }, stream.size() }) {
            CarryDecoder decoder;
            std::vector<CarryMessage> heard;
            for (std::size_t at = 0; at < stream.size(); at += step) {
                decoder.append(std::string_view(stream).substr(at, step));
                for (auto message = decoder.take(); message && *message; message = decoder.take())
                    heard.push_back(**message);
            }
            QCOMPARE(heard.size(), std::size_t{ 2 });
            QVERIFY(heard[0] == fileMessage() && heard[1] == piece);
        }
    }

    void refusesNamesThatLeadElsewhere_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("up") << QByteArray("..");
        QTest::newRow("itself") << QByteArray(".");
        QTest::newRow("absolute") << QByteArray("/etc");
        QTest::newRow("path") << QByteArray("a/b");
        QTest::newRow("zero") << QByteArray("a\0b", 3);
        QTest::newRow("long") << QByteArray(256, 'a');
    }
    void refusesNamesThatLeadElsewhere()
    {
        QFETCH(QByteArray, name);
        CarryMessage message = fileMessage();
        message.name = name.toStdString();
        CarryDecoder decoder;
        decoder.append(encodeCarryMessage(message));
        const auto heard = decoder.take();
        QVERIFY(!heard && heard.error().code == ErrorCode::Corrupt);
    }

    void refusesWhatIsTooLong()
    {
        CarryDecoder decoder;
        decoder.append(std::string_view("\xff\xff\xff\x7f\x01", 5));
        QVERIFY(!decoder.take());
    }
};

QTEST_GUILESS_MAIN(CarryMessageTest)
#include "carry_message_test.moc"
