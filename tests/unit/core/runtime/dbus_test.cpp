// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/dbus_connection.h"
#include "core/runtime/cgroups/systemd/dbus_reader.h"
#include "core/runtime/cgroups/systemd/dbus_writer.h"
#include "tests/support/one_answer_bus.h"

#include <QTemporaryDir>
#include <QTest>

#include <bit>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;
using namespace std::chrono_literals;

namespace {

DBusMessage sampleCall()
{
    DBusWriter body;
    body.text("web");
    return { DBusKind::Call, 7, 0, "/a/b", "org.a.B", "Start", {}, "org.a", "s", body.written() };
}

std::string signal(const std::string& member)
{
    return encodeMessage({ DBusKind::Signal, 50, 0, "/a", "org.a", member, {}, {}, {}, {} });
}

} // namespace

/// A client of a message bus: what is written, what is read, and what is not believed.
class DbusTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesEachValueOnItsBoundary()
    {
        if (std::endian::native != std::endian::little)
            QSKIP("the bytes below are those of a little-endian computer");
        DBusWriter writer;
        writer.byte(1);
        writer.number32(2);
        writer.boolean(true);
        writer.number64(3);
        writer.text("ab");
        writer.signature("ay");
        const std::string expected("\1\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\2\0\0\0ab\0\2ay\0", 35);
        QCOMPARE(writer.written(), expected);
    }

    void countsNoPaddingBeforeTheFirstElement()
    {
        DBusWriter writer;
        const auto array = writer.beginArray(8);
        writer.number64(1);
        writer.endArray(array);
        DBusReader reader(writer.written());
        QCOMPARE(reader.number32(), 8U);
        QCOMPARE(writer.written().size(), std::size_t(16));
    }

    void readsWhatItWrote()
    {
        const auto call = sampleCall();
        const auto bytes = encodeMessage(call);
        QCOMPARE(*messageLength(bytes.substr(0, kDBusStartBytes)), bytes.size());
        auto read = decodeMessage(bytes);
        QVERIFY(read);
        QCOMPARE(read->serial, 7U);
        QCOMPARE(read->path, call.path);
        QCOMPARE(read->interface, call.interface);
        QCOMPARE(read->member, call.member);
        QCOMPARE(read->destination, call.destination);
        QCOMPARE(read->signature, call.signature);
        QCOMPARE(DBusReader(read->body).text(), std::string("web"));
    }

    void readsNothingBeyondTheEnd()
    {
        DBusReader reader(std::string_view("\xff\0\0\0ab", 6));
        QCOMPARE(reader.text(), std::string());
        QVERIFY(reader.hasFailed());
        QCOMPARE(reader.byte(), std::uint8_t(0));
    }

    void refusesATextWithANulInIt()
    {
        DBusReader reader(std::string_view("\3\0\0\0a\0b\0", 8));
        QCOMPARE(reader.text(), std::string());
        QVERIFY(reader.hasFailed());
    }

    void survivesEveryCutAndEveryChangedByte()
    {
        const auto whole = encodeMessage(sampleCall());
        for (std::size_t size = 0; size < whole.size(); ++size)
            QVERIFY(!decodeMessage(whole.substr(0, size)));
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (const int value : { 0, 1, 127, 255 }) {
                std::string changed = whole;
                changed[at] = static_cast<char>(value);
                auto read = decodeMessage(changed);
                QVERIFY(!read || read->body.size() <= changed.size());
            }
        }
    }

    void refusesAMessageThatIsTooLong()
    {
        std::string start = encodeMessage(sampleCall()).substr(0, kDBusStartBytes);
        start[6] = 0x20; // 2 MiB of body
        QCOMPARE(messageLength(start).error().code, ErrorCode::Corrupt);
    }

    void keepsTheSignalThatComesBeforeTheAnswer()
    {
        const OneAnswerBus bus(kAccepted + answerTo(1) + signal("Other") + signal("Wanted") + answerTo(2));
        QVERIFY(bus.isReady);
        auto connection = DBusConnection::open(bus.path(), 20s);
        QVERIFY2(connection, connection ? "" : connection.error().message.c_str());
        QVERIFY(connection->call(sampleCall()));
        auto found = connection->awaitSignal([](const DBusMessage& each) { return each.member == "Wanted"; });
        QVERIFY(found && found->member == "Wanted");
    }

    void tellsErrorsApart_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, ErrorCode code) {
            QTest::newRow(name) << QString::fromLatin1(name) << static_cast<int>(code);
        };
        row("org.freedesktop.systemd1.UnitExists", ErrorCode::AlreadyExists);
        row("org.freedesktop.systemd1.NoSuchUnit", ErrorCode::NotFound);
        row("org.freedesktop.DBus.Error.AccessDenied", ErrorCode::PermissionDenied);
        row("org.freedesktop.DBus.Error.InvalidArgs", ErrorCode::InvalidArgument);
        row("org.freedesktop.DBus.Error.Failed", ErrorCode::Unavailable);
        row("org.freedesktop.DBus.Error.NoReply", ErrorCode::Timeout);
    }
    void tellsErrorsApart()
    {
        QFETCH(QString, name);
        QFETCH(int, code);
        const OneAnswerBus bus(kAccepted + answerTo(1) + answerTo(2, DBusKind::Error, name.toStdString()));
        auto connection = DBusConnection::open(bus.path(), 20s);
        QVERIFY(connection);
        auto answer = connection->call(sampleCall());
        QVERIFY(!answer);
        QCOMPARE(static_cast<int>(answer.error().code), code);
        QVERIFY(answer.error().message.find(name.toStdString()) != std::string::npos);
    }

    void failsWhereTheBusRefuses()
    {
        const OneAnswerBus bus("REJECTED EXTERNAL\r\n");
        auto connection = DBusConnection::open(bus.path(), 20s);
        QVERIFY(!connection);
        QVERIFY(connection.error().message.find("REJECTED") != std::string::npos);
    }

    void failsAtALineWithoutAnEnd()
    {
        const OneAnswerBus bus(std::string(4096, 'x'));
        QCOMPARE(DBusConnection::open(bus.path(), 20s).error().code, ErrorCode::Corrupt);
    }

    void waitsNoLongerThanAsked()
    {
        const OneAnswerBus bus(kAccepted);
        QCOMPARE(DBusConnection::open(bus.path(), 50ms).error().code, ErrorCode::Timeout);
    }

    void saysThatNobodyListens()
    {
        const QTemporaryDir folder;
        const auto path = folder.path().toStdString() + "/bus";
        QCOMPARE(DBusConnection::open(path, 20s).error().code, ErrorCode::Unavailable);
    }
};

QTEST_GUILESS_MAIN(DbusTest)
#include "dbus_test.moc"
