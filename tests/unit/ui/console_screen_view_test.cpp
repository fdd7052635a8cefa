// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_view.h"

#include "tests/support/screen_server.h"
#include "tests/support/turned_wheel.h"

#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace twinhull;
using test::ScreenServer;
using test::turnWheel;

namespace {

const QSize kGuestSize{ 200, 100 };

struct ScreenViewWorld {
    ScreenServer server;
    std::unique_ptr<ScreenLink> link = std::make_unique<ScreenLink>(server.takeClientEnd());
    ScreenView view;

    ScreenViewWorld()
    {
        view.resize(400, 400);
        view.setLink(link.get());
        view.show();
        view.activateWindow();
        (void)QTest::qWaitForWindowExposed(&view);
    }
    ~ScreenViewWorld() { view.setLink(nullptr); }

    bool open() { return !server.greet(kGuestSize).isEmpty() && server.hearPixelRequest().has_value() && isReady(); }
    bool isReady()
    {
        return QTest::qWaitFor([this] { return link->isReady(); }, twinhull::test::kTestPatienceMilliseconds);
    }
    QColor shown(int x, int y) { return view.viewport()->grab().toImage().pixelColor(x, y); }
    QByteArray key() const { return server.hear(8); }
};

QByteArray keyMessage(quint32 symbol, bool isDown)
{
    return QByteArray(1, 4) + QByteArray(1, isDown ? 1 : 0) + QByteArray(2, 0) + ScreenServer::number32(symbol);
}

/// QTest would press what the modifiers say as well.
void tell(QWidget& widget, QEvent::Type type, int key)
{
    QKeyEvent event(type, key, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
}

} // namespace

class ConsoleScreenViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fitsTheScreenIntoItsMiddle()
    {
        ScreenViewWorld world;
        QVERIFY(world.open());
        QCOMPARE(world.view.pictureArea(), QRectF(0, 100, 400, 200));
        world.server.paint({ 100, 0, 100, 100 }, 0x0000ff00);
        QTRY_COMPARE(world.shown(300, 200), QColor(0, 255, 0));
        QCOMPARE(world.shown(100, 200), QColor(Qt::black));
        QVERIFY(world.shown(300, 50) != QColor(0, 255, 0));
        QCOMPARE(world.view.guestPosition({ 300, 200 }), QPoint(150, 50));
        QCOMPARE(world.view.guestPosition({ -50, 399 }), QPoint(0, 99));
    }

    void scrollsWhatIsNotScaled()
    {
        ScreenViewWorld world;
        QVERIFY(world.open());
        world.view.setScaling(ScreenView::Scaling::Actual);
        QCOMPARE(world.view.pictureArea(), QRectF(100, 150, 200, 100));
        world.view.resize(120, 120);
        QVERIFY(world.view.horizontalScrollBar()->maximum() > 0);
        world.view.horizontalScrollBar()->setValue(30);
        QCOMPARE(world.view.guestPosition({ 5, 40 }).x(), 35);
    }

    void itsKeysAreTheGuests()
    {
        ScreenViewWorld world;
        QVERIFY(world.open());
        world.view.setFocus();
        QTRY_VERIFY(world.view.isHeld());
        QTest::keyClick(&world.view, Qt::Key_A);
        QCOMPARE(world.key(), keyMessage('a', true));
        QCOMPARE(world.key(), keyMessage('a', false));
        QTest::keyClick(&world.view, Qt::Key_Tab);
        QCOMPARE(world.key(), keyMessage(0xff09, true));
        QCOMPARE(world.key(), keyMessage(0xff09, false));
        QVERIFY(world.view.hasFocus());
        QSignalSpy wanted(&world.view, &ScreenView::fullScreenWanted);
        QTest::keyClick(&world.view, Qt::Key_F11);
        QCOMPARE(wanted.count(), 1);
        world.view.pressTogether({ 0xffe3, 0xffff });
        for (const auto& expected : { keyMessage(0xffe3, true), keyMessage(0xffff, true), keyMessage(0xffff, false),
                 keyMessage(0xffe3, false) })
            QCOMPARE(world.key(), expected);
    }

    void ctrlAndAltGiveTheKeyboardBack()
    {
        ScreenViewWorld world;
        QVERIFY(world.open());
        world.view.setFocus();
        QTRY_VERIFY(world.view.isHeld());
        QSignalSpy left(&world.view, &ScreenView::left);
        for (const int key : { Qt::Key_Control, Qt::Key_Alt, Qt::Key_Delete }) // this is for the guest
            tell(world.view, QEvent::KeyPress, key);
        for (const int key : { Qt::Key_Delete, Qt::Key_Alt, Qt::Key_Control })
            tell(world.view, QEvent::KeyRelease, key);
        QVERIFY(world.view.isHeld());
        for (const int key : { Qt::Key_Control, Qt::Key_Alt })
            tell(world.view, QEvent::KeyPress, key);
        tell(world.view, QEvent::KeyRelease, Qt::Key_Control);
        QVERIFY(!world.view.isHeld());
        QCOMPARE(left.count(), 1);
        QByteArray latest;
        for (int i = 0; i < 10; ++i)
            latest = world.key();
        QCOMPARE(latest, keyMessage(0xffe9, false)); // nothing stays down there
        QTest::mouseClick(world.view.viewport(), Qt::LeftButton);
        QVERIFY(world.view.isHeld());
    }

    void pointsWhereThePersonPoints()
    {
        ScreenViewWorld world;
        QVERIFY(world.open());
        QTest::mousePress(world.view.viewport(), Qt::RightButton, {}, { 300, 200 });
        QCOMPARE(world.server.hear(6), QByteArray::fromHex("050400960032"));
        QTest::mouseRelease(world.view.viewport(), Qt::RightButton, {}, { 300, 200 });
        QCOMPARE(world.server.hear(6), QByteArray::fromHex("050000960032"));
        QVERIFY(turnWheel(*world.view.viewport(), { 300, 200 }));
        QCOMPARE(world.server.hear(12), QByteArray::fromHex("050800960032050000960032"));
    }

    void asksForNothingWhileItIsHidden()
    {
        ScreenViewWorld world;
        QVERIFY(world.open());
        world.view.hide();
        world.server.paint({ 0, 0, 1, 1 }, 0xffffff);
        QVERIFY(world.server.hearsNothing(150));
        world.view.show();
        QVERIFY(world.server.hearPixelRequest());
    }
};

QTEST_MAIN(ConsoleScreenViewTest)
#include "console_screen_view_test.moc"
