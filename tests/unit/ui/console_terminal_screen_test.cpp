// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_palette.h"
#include "ui/console/terminal_screen.h"

#include <QTest>

using namespace twinhull;

namespace {

QString shown(const TerminalScreen& screen, int row)
{
    return textOf(screen.line(screen.topLine() + row), 0, screen.size().width());
}

TerminalCell cellAt(const TerminalScreen& screen, int column, int row = 0)
{
    return screen.line(screen.topLine() + row).at(static_cast<std::size_t>(column));
}

} // namespace

class TerminalScreenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void drawsTextWithItsColoursAndStyles()
    {
        TerminalScreen screen({ 40, 5 });
        screen.feed("\x1b[1;31mr\x1b[0;38;5;200mi\x1b[0;48;2;1;2;3mb\x1b[0;3;4;7;9ms\x1b[0m!");
        QCOMPARE(shown(screen, 0), QStringLiteral("ribs!"));
        QVERIFY(cellAt(screen, 0).isBold);
        QCOMPARE(cellAt(screen, 0).foreground, (TerminalColor{ TerminalColor::Kind::Indexed, 1, 0, 0 }));
        QCOMPARE(cellAt(screen, 1).foreground, (TerminalColor{ TerminalColor::Kind::Indexed, 200, 0, 0 }));
        QCOMPARE(cellAt(screen, 2).background, (TerminalColor{ TerminalColor::Kind::Rgb, 1, 2, 3 }));
        const TerminalCell styled = cellAt(screen, 3);
        QVERIFY(styled.isItalic && styled.isUnderlined && styled.isReversed && styled.isStruck);
        QCOMPARE(cellAt(screen, 4).foreground, TerminalColor());
    }

    void knowsWideAndCombiningCharacters()
    {
        TerminalScreen screen({ 20, 3 });
        screen.feed("日本e\xcc\x81x");
        QCOMPARE(cellAt(screen, 0).width, 2);
        QCOMPARE(cellAt(screen, 1).width, 0);
        QCOMPARE(cellAt(screen, 4).text(), QStringLiteral("e\u0301"));
        QCOMPARE(shown(screen, 0), QStringLiteral("日本e\u0301x"));
    }

    void putsTogetherLettersThatComeInParts()
    {
        TerminalScreen screen({ 20, 3 });
        screen.feed("\xe6\x97");
        screen.feed("\xa5");
        QCOMPARE(shown(screen, 0), QStringLiteral("日"));
    }

    void keepsLinesThatWentOutOfSightAndNotMore()
    {
        TerminalScreen screen({ 20, 4 });
        for (int i = 0; i < TerminalScreen::kKeptLines + 100; ++i)
            screen.feed(std::to_string(i) + "\r\n");
        QCOMPARE(screen.topLine() - screen.firstLine(), qint64{ TerminalScreen::kKeptLines });
        QCOMPARE(textOf(screen.line(screen.firstLine()), 0, 20), QString::number(screen.firstLine()));
        QVERIFY(screen.line(screen.firstLine() - 1).empty() && screen.line(screen.endLine()).empty());
    }

    void bringsLinesBackWhenItGrows()
    {
        TerminalScreen screen({ 20, 3 });
        screen.feed("one\r\ntwo\r\nthree\r\nfour");
        screen.resize({ 20, 4 });
        QCOMPARE(shown(screen, 0), QStringLiteral("one"));
        QCOMPARE(shown(screen, 3), QStringLiteral("four"));
    }

    void keepsHistoryFromFullScreenPrograms()
    {
        TerminalScreen screen({ 20, 3 });
        screen.feed("before\r\n\x1b[?1049h");
        QVERIFY(screen.isAlternate());
        screen.feed("a\r\nb\r\nc\r\nd\r\n");
        QCOMPARE(screen.topLine(), qint64{ 0 });
        screen.feed("\x1b[?1049l");
        QVERIFY(!screen.isAlternate());
        QCOMPARE(shown(screen, 0), QStringLiteral("before"));
    }

    void sendsKeys_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("modifiers");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("sent");
        const auto row = [](const char* name, int key, Qt::KeyboardModifiers held, const char* text, const char* sent) {
            QTest::newRow(name) << key << int(held) << QString::fromUtf8(text) << QByteArray(sent);
        };
        row("letter", Qt::Key_A, {}, "a", "a");
        row("umlaut", Qt::Key_Adiaeresis, {}, "ä", "ä");
        row("return", Qt::Key_Return, {}, "\r", "\r");
        row("shift return", Qt::Key_Return, Qt::ShiftModifier, "\r", "\r");
        row("backspace", Qt::Key_Backspace, {}, "\b", "\x7f");
        row("tab", Qt::Key_Tab, {}, "\t", "\t");
        row("shift tab", Qt::Key_Backtab, Qt::ShiftModifier, "", "\x1b[Z");
        row("escape", Qt::Key_Escape, {}, "\x1b", "\x1b");
        row("up", Qt::Key_Up, {}, "", "\x1b[A");
        row("ctrl left", Qt::Key_Left, Qt::ControlModifier, "", "\x1b[1;5D");
        row("home", Qt::Key_Home, {}, "", "\x1b[H");
        row("delete", Qt::Key_Delete, {}, "", "\x1b[3~");
        row("page up", Qt::Key_PageUp, {}, "", "\x1b[5~");
        row("F1", Qt::Key_F1, {}, "", "\x1bOP");
        row("F5", Qt::Key_F5, {}, "", "\x1b[15~");
        row("F12", Qt::Key_F12, {}, "", "\x1b[24~");
        row("ctrl c", Qt::Key_C, Qt::ControlModifier, "\x03", "\x03");
        row("ctrl c without text", Qt::Key_C, Qt::ControlModifier, "", "\x03");
        row("ctrl j", Qt::Key_J, Qt::ControlModifier, "", "\n");
        row("ctrl i", Qt::Key_I, Qt::ControlModifier, "", "\t");
        row("ctrl bracket", Qt::Key_BracketLeft, Qt::ControlModifier, "", "\x1b");
        row("ctrl underscore", Qt::Key_Underscore, Qt::ControlModifier | Qt::ShiftModifier, "", "\x1f");
        row("alt x", Qt::Key_X, Qt::AltModifier, "x", "\x1bx");
        row("modifier alone", Qt::Key_Shift, Qt::ShiftModifier, "", "");
    }
    void sendsKeys()
    {
        QFETCH(int, key);
        QFETCH(int, modifiers);
        QFETCH(QString, text);
        QFETCH(QByteArray, sent);
        TerminalScreen screen({ 20, 3 });
        screen.pressKey(key, Qt::KeyboardModifiers(modifiers), text);
        QCOMPARE(screen.takeForProgram(), sent);
    }

    void sendsArrowsAsTheProgramAsked()
    {
        TerminalScreen screen({ 20, 3 });
        screen.feed("\x1b[?1h");
        screen.pressKey(Qt::Key_Up, {}, {});
        QCOMPARE(screen.takeForProgram(), QByteArray("\x1bOA"));
    }

    void pastesAsTextAlone()
    {
        TerminalScreen screen({ 20, 3 });
        screen.paste(QStringLiteral("a\nb\x1b[201~c\x03"));
        QCOMPARE(screen.takeForProgram(), QByteArray("a\rb[201~c"));
        screen.feed("\x1b[?2004h");
        screen.paste(QStringLiteral("x"));
        QCOMPARE(screen.takeForProgram(), QByteArray("\x1b[200~x\x1b[201~"));
    }

    void tellsTheMouseWhereItIsWanted()
    {
        TerminalScreen screen({ 20, 3 });
        screen.moveMouse({ 4, 1 }, {});
        screen.pressMouse(1, true, {});
        QCOMPARE(screen.takeForProgram(), QByteArray());
        screen.pressMouse(1, false, {});
        screen.feed("\x1b[?1000h\x1b[?1006h");
        QVERIFY(screen.wantsMouse());
        screen.moveMouse({ 4, 1 }, {});
        screen.pressMouse(1, true, {});
        QCOMPARE(screen.takeForProgram(), QByteArray("\x1b[<0;5;2M"));
    }

    void followsTheCursor()
    {
        TerminalScreen screen({ 20, 3 });
        screen.feed("ab\x1b[?25l\x1b[5 q");
        QCOMPARE(screen.cursor(), QPoint(2, 0));
        QVERIFY(!screen.isCursorVisible());
        QCOMPARE(screen.cursorShape(), TerminalScreen::CursorShape::Bar);
    }

    void livesThroughAnything()
    {
        TerminalScreen screen({ 20, 3 });
        std::uint32_t state = 1;
        std::string noise;
        for (int i = 0; i < 200'000; ++i) {
            state = state * 1664525U + 1013904223U;
            noise += i % 5 == 0 ? "\x1b[]P;?0123456789hlmrABCDHJKLMPX@"[(state >> 16U) % 32U]
                                : static_cast<char>(state >> 24U);
        }
        screen.feed(noise);
        screen.feed("\x1b]2;" + std::string(1 << 20, 't') + "\x07\x1b]52;c;" + std::string(1 << 20, 'A') + "\x07");
        screen.resize({ 100'000, 100'000 });
        QCOMPARE(screen.size(), TerminalScreen::kLargest);
        screen.resize({ 0, -5 });
        QVERIFY(screen.size().width() > 0 && screen.size().height() > 0);
    }

    void computesTheColoursOf256()
    {
        const auto color = [](std::uint8_t index) {
            return terminalColor({ TerminalColor::Kind::Indexed, index, 0, 0 }, ThemeShade::Dark);
        };
        QCOMPARE(color(16), QColor(0, 0, 0));
        QCOMPARE(color(196), QColor(255, 0, 0));
        QCOMPARE(color(231), QColor(255, 255, 255));
        QCOMPARE(color(255), QColor(238, 238, 238));
        QVERIFY(!terminalColor({}, ThemeShade::Dark).isValid());
    }
};

QTEST_GUILESS_MAIN(TerminalScreenTest)
#include "console_terminal_screen_test.moc"
