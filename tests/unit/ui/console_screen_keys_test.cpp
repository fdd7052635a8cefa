// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_keys.h"

#include <QTest>

#include <linux/input-event-codes.h>

using namespace twinhull;

/// X11's keysyms and XT's codes.
class ConsoleScreenKeysTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsKeysByName_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("modifiers");
        QTest::addColumn<QString>("text");
        QTest::addColumn<uint>("symbol");
        const auto row = [](const char* name, int key, Qt::KeyboardModifiers held, const QString& text, uint symbol) {
            QTest::newRow(name) << key << static_cast<int>(held.toInt()) << text << symbol;
        };
        row("a letter", Qt::Key_A, {}, QStringLiteral("a"), 'a');
        row("a capital", Qt::Key_A, Qt::ShiftModifier, QStringLiteral("A"), 'A');
        row("with Ctrl", Qt::Key_C, Qt::ControlModifier, QStringLiteral("\x03"), 'c');
        row("an umlaut", Qt::Key_Odiaeresis, {}, QStringLiteral("\u00f6"), 0xf6);
        row("beyond Latin", 0, {}, QStringLiteral("\u20ac"), 0x010020ac);
        row("beyond 16 bits", 0, {}, QString::fromUtf8("\xf0\x9f\x98\x80"), 0x0101f600);
        row("a digit of the pad", Qt::Key_5, Qt::KeypadModifier, QStringLiteral("5"), '5');
        row("F12", Qt::Key_F12, {}, {}, 0xffc9);
        row("Shift+Tab", Qt::Key_Backtab, Qt::ShiftModifier, QStringLiteral("\t"), 0xff09);
        row("a key of a player", Qt::Key_MediaPlay, {}, {}, 0);
    }
    void knowsKeysByName()
    {
        QFETCH(int, key);
        QFETCH(int, modifiers);
        QFETCH(QString, text);
        QFETCH(uint, symbol);
        const QKeyEvent event(QEvent::KeyPress, key, Qt::KeyboardModifiers::fromInt(modifiers), text);
        QCOMPARE(screenKeyOf(event), (ScreenKey{ symbol, 0, true }));
    }

    void believesTheWindowSystem()
    {
        const QKeyEvent event(QEvent::KeyRelease, Qt::Key_Enter, Qt::KeypadModifier, KEY_KPENTER + 8, 0xff8d, 0);
        QCOMPARE(screenKeyOf(event), (ScreenKey{ 0xff8d, 0x9c, false }));
    }

    void knowsPlaces()
    {
        QCOMPARE(xtCodeOf(KEY_Q), 0x10U);
        QCOMPARE(xtCodeOf(KEY_UP), 0xc8U);
        QCOMPARE(xtCodeOf(KEY_102ND), 0x56U);
        QCOMPARE(xtCodeOf(KEY_RIGHTALT), 0xb8U);
        QCOMPARE(xtCodeOf(KEY_MUTE), 0U);
        QCOMPARE(xtCodeOf(0), 0U);
    }
};

QTEST_MAIN(ConsoleScreenKeysTest)
#include "console_screen_keys_test.moc"
