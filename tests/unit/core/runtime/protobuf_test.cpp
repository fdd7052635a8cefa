// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/protobuf.h"

#include <QTest>

using namespace twinhull::runtime;

/// The wire format against the examples of its specification (protobuf.dev, "Encoding"), and against bytes that are
/// none.
class ProtobufTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesWhatTheSpecificationShows()
    {
        ProtobufWriter number;
        number.addNumber(1, std::uint64_t{ 150 });
        QCOMPARE(number.bytes(), std::string("\x08\x96\x01"));
        ProtobufWriter text;
        text.addText(2, "testing");
        QCOMPARE(text.bytes(), std::string("\x12\x07testing"));
        ProtobufWriter outer;
        outer.addMessage(3, number);
        QCOMPARE(outer.bytes(), std::string("\x1a\x03\x08\x96\x01"));
    }

    void writesNegativeNumbersInTenBytes()
    {
        ProtobufWriter writer;
        writer.addNumber(1, -2);
        QCOMPARE(writer.bytes(), std::string("\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
        ProtobufReader reader(writer.bytes());
        QCOMPARE(static_cast<int>(reader.next()->number), -2);
    }

    void readsWhatItWrites()
    {
        ProtobufWriter inner;
        inner.addText(1, "a key");
        inner.addNumber(2, 7);
        ProtobufWriter writer;
        writer.addSwitch(64, true);
        writer.addMessage(23, inner);
        writer.addText(10, "");
        ProtobufReader reader(writer.bytes());
        auto field = reader.next();
        QCOMPARE(field->field, 64U);
        QCOMPARE(field->number, std::uint64_t{ 1 });
        field = reader.next();
        QCOMPARE(field->field, 23U);
        QCOMPARE(std::string(field->text), inner.bytes());
        field = reader.next();
        QCOMPARE(field->field, 10U);
        QVERIFY(field->text.empty());
        QVERIFY(!reader.next());
        QVERIFY(reader.isWhole());
    }

    void passesOverKindsThatItDoesNotKnow()
    {
        ProtobufReader reader(std::string_view("\x0d\x01\x02\x03\x04\x11\x01\x02\x03\x04\x05\x06\x07\x08\x18\x05", 16));
        QCOMPARE(reader.next()->field, 1U);
        QCOMPARE(reader.next()->field, 2U);
        QCOMPARE(reader.next()->number, std::uint64_t{ 5 });
        QVERIFY(!reader.next());
        QVERIFY(reader.isWhole());
    }

    void endsAtWhatIsCut_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("a key without a value") << QByteArray("\x08");
        QTest::newRow("a number that goes on") << QByteArray("\x08\xff");
        QTest::newRow("a number without end") << QByteArray("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        QTest::newRow("a text shorter than it says") << QByteArray("\x12\x07test");
        QTest::newRow("a text longer than memory") << QByteArray("\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
        QTest::newRow("a group") << QByteArray("\x0b");
        QTest::newRow("four bytes cut") << QByteArray("\x0d\x01", 2);
    }
    void endsAtWhatIsCut()
    {
        QFETCH(QByteArray, bytes);
        ProtobufReader reader(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
        QVERIFY(!reader.next());
        QVERIFY(!reader.isWhole());
        QVERIFY(!reader.next());
    }
};

QTEST_GUILESS_MAIN(ProtobufTest)
#include "protobuf_test.moc"
