// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_link.h"

#include "tests/support/screen_server.h"

#include <QSignalSpy>
#include <QTest>

using namespace twinhull;
using test::ScreenServer;

namespace {

constexpr qint32 kNewSize = -223;
constexpr qint32 kRichCursor = -239;
constexpr qint32 kExtendedKeys = -258;
const QSize kSmall{ 8, 4 };

/// A link that was ended, and why.
struct LinkWorld {
    ScreenServer server;
    ScreenLink link{ server.takeClientEnd() };
    Error why;

    LinkWorld()
    {
        QObject::connect(&link, &ScreenLink::ended, [this](const Error& error) { why = error; });
    }
    QColor pixel(int x, int y) const { return link.frame().copy().pixelColor(x, y); }
};

} // namespace

/// What a screen's server may say, and what it is told.
class ConsoleScreenLinkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsWhatIsPainted()
    {
        LinkWorld world;
        QSignalSpy resized(&world.link, &ScreenLink::resized);
        QVERIFY(!world.server.greet(kSmall).isEmpty());
        QTRY_COMPARE(resized.count(), 1);
        QCOMPARE(resized[0][0].toSize(), kSmall);
        world.link.setWatched(true);
        const auto first = world.server.hearPixelRequest();
        QVERIFY(first && !first->isIncremental);
        QCOMPARE(first->size, kSmall);
        QCOMPARE(world.link.takeChanges().boundingRect(), QRect(QPoint(), kSmall)); // black
        world.server.paint({ 2, 1, 3, 2 }, 0x00aa5511);
        QTRY_COMPARE(world.pixel(3, 2), QColor(0xaa, 0x55, 0x11));
        QCOMPARE(world.pixel(1, 1), QColor(Qt::black));
        QCOMPARE(world.link.takeChanges(), QRegion(2, 1, 3, 2));
        const auto next = world.server.hearPixelRequest();
        QVERIFY(next && next->isIncremental);
    }

    void asksForNothingWhileNobodyLooks()
    {
        LinkWorld world;
        QVERIFY(!world.server.greet(kSmall).isEmpty());
        QVERIFY(world.server.hearsNothing(150));
        world.link.setWatched(true);
        QVERIFY(world.server.hearPixelRequest());
        world.link.setWatched(false);
        world.server.paint({ 0, 0, 1, 1 }, 0xffffff);
        QVERIFY(world.server.hearsNothing(150));
        QTRY_COMPARE(world.pixel(0, 0), QColor(Qt::white));
    }

    void followsTheGuestsSize()
    {
        LinkWorld world;
        QSignalSpy resized(&world.link, &ScreenLink::resized);
        QVERIFY(!world.server.greet(kSmall).isEmpty());
        world.link.setWatched(true);
        QVERIFY(world.server.hearPixelRequest());
        world.server.sayRectangle({ 0, 0, 16, 12 }, kNewSize);
        QTRY_COMPARE(resized.count(), 2);
        QCOMPARE(world.link.frame().size(), QSize(16, 12));
        const auto next = world.server.hearPixelRequest();
        QVERIFY(next && !next->isIncremental);
        QCOMPARE(next->size, QSize(16, 12));
    }

    void sendsKeysBySymbolAndByPlace()
    {
        LinkWorld world;
        QVERIFY(!world.server.greet(kSmall).isEmpty());
        world.link.send(ScreenKey{ 'a', 0x1e, true });
        QCOMPARE(world.server.hear(8), QByteArray::fromHex("0401000000000061"));
        world.link.setWatched(true);
        QVERIFY(world.server.hearPixelRequest());
        world.server.sayRectangle({ QPoint(), kSmall }, kExtendedKeys);
        QVERIFY(world.server.hearPixelRequest());
        world.link.send(ScreenKey{ 'a', 0x1e, false });
        QCOMPARE(world.server.hear(12), QByteArray::fromHex("ff000000000000610000001e"));
    }

    void sendsThePointerAndTheClipboard()
    {
        LinkWorld world;
        QVERIFY(!world.server.greet(kSmall).isEmpty());
        world.link.send(ScreenPointer{ 5, 3, 4 });
        QCOMPARE(world.server.hear(6), QByteArray::fromHex("050400050003"));
        world.link.send(ScreenClipboard{ "h\xf6y" });
        QCOMPARE(world.server.hear(11), QByteArray::fromHex("0600000000000003") + "h\xf6y");
    }

    void takesTextAndShapes()
    {
        LinkWorld world;
        QSignalSpy texts(&world.link, &ScreenLink::clipboardChanged);
        QSignalSpy shapes(&world.link, &ScreenLink::cursorChanged);
        QVERIFY(!world.server.greet(kSmall).isEmpty());
        world.server.say(QByteArray::fromHex("03000000") + ScreenServer::number32(3) + "h\xf6y");
        QTRY_COMPARE(texts.count(), 1);
        QCOMPARE(texts[0][0].toString(), QStringLiteral("h\u00f6y"));
        world.server.sayRectangle(
            { 1, 0, 2, 1 }, kRichCursor, QByteArray::fromHex("1155aa00 ffffff00") + QByteArray(1, '\x80'));
        QTRY_COMPARE(shapes.count(), 1);
        const auto shape = shapes[0][0].value<QImage>();
        QCOMPARE(shape.pixelColor(0, 0), QColor(0xaa, 0x55, 0x11));
        QCOMPARE(shape.pixelColor(1, 0).alpha(), 0);
        QCOMPARE(shapes[0][1].toPoint(), QPoint(1, 0));
    }

    void refusesAScreenThatIsTooLarge_data()
    {
        QTest::addColumn<QSize>("first");
        QTest::addColumn<QSize>("then");
        QTest::newRow("from the start") << QSize(65535, 65535) << QSize();
        QTest::newRow("later") << kSmall << QSize(16000, 16000);
        QTest::newRow("nothing at all") << QSize(0, 0) << QSize();
    }
    void refusesAScreenThatIsTooLarge()
    {
        QFETCH(QSize, first);
        QFETCH(QSize, then);
        LinkWorld world;
        world.server.greet(first);
        if (then.isValid()) {
            world.server.sayRectangle({ QPoint(), then }, kNewSize);
            world.server.paint({ 0, 0, 8, 4 }, 0xffffff);
        }
        QTRY_VERIFY(world.link.isEnded());
        const QSize& named = then.isValid() ? then : first;
        QVERIFY2(world.why.message.find(std::to_string(named.width()) + " by") != std::string::npos,
            world.why.message.c_str());
        QCOMPARE(world.why.code, ErrorCode::Corrupt);
    }

    void endsWithASentence_data()
    {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QString>("sentence");
        const auto rectangle = [](const char* place, qint32 encoding) {
            return QByteArray::fromHex("00000001") + QByteArray::fromHex(place)
                + ScreenServer::number32(static_cast<quint32>(encoding));
        };
        QTest::newRow("a clipboard of 4 GiB")
            << QByteArray::fromHex("03000000ffffffff") << QStringLiteral("too big cut text");
        QTest::newRow("outside of the screen") << rectangle("0006000000080004", 0) << QStringLiteral("Rect too large");
        QTest::newRow("a pointer of 60,000") << rectangle("00000000ea60ea60", kRichCursor) << QStringLiteral("read");
        QTest::newRow("an unknown encoding") << rectangle("0000000000010001", 77) << QStringLiteral("Unknown rect");
        QTest::newRow("an unknown message") << QByteArray(1, '\x6f') << QStringLiteral("closed");
        QTest::newRow("half a rectangle") << rectangle("0000000000080004", 0) + "abc" << QStringLiteral("closed");
        QTest::newRow("a copy from outside")
            << rectangle("0000000000080004", 1) + QByteArray::fromHex("fde8fde8") << QStringLiteral("closed");
        QTest::newRow("a tile that is left")
            << rectangle("0000000000080004", 5) + QByteArray::fromHex("1a0000000001ffffffffffff")
            << QStringLiteral("closed");
        QTest::newRow("nothing") << QByteArray() << QStringLiteral("closed");
    }
    void endsWithASentence()
    {
        QFETCH(QByteArray, said);
        QFETCH(QString, sentence);
        LinkWorld world;
        QVERIFY(!world.server.greet(kSmall).isEmpty());
        world.server.say(said);
        world.server.hangUp();
        QTRY_VERIFY(world.link.isEnded());
        QVERIFY2(QString::fromStdString(world.why.message).contains(sentence), world.why.message.c_str());
    }

    void refusesAuthenticationsThatItDoesNotKnow()
    {
        LinkWorld world;
        world.server.greet(kSmall, 19); // VeNCrypt
        QTRY_VERIFY(world.link.isEnded());
        QVERIFY(!world.why.message.empty());
    }

    void isLeftWhateverTheServerDoes_data()
    {
        QTest::addColumn<bool>("isGreeted");
        QTest::newRow("says nothing") << false;
        QTest::newRow("in the middle of a message") << true;
    }
    void isLeftWhateverTheServerDoes()
    {
        QFETCH(bool, isGreeted);
        ScreenServer server;
        auto link = std::make_unique<ScreenLink>(server.takeClientEnd());
        if (isGreeted) {
            QVERIFY(!server.greet(kSmall).isEmpty());
            server.say(QByteArray::fromHex("000000010000"));
        }
        QElapsedTimer clock;
        clock.start();
        link.reset();
        QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
    }
};

QTEST_MAIN(ConsoleScreenLinkTest)
#include "console_screen_link_test.moc"
