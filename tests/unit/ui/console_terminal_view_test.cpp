// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace twinhull;

class TerminalViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_view = std::make_unique<TerminalView>();
        m_view->resize(640, 300);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
        m_view->setFocus();
    }
    void cleanup() { m_view.reset(); }

    void tellsItsSizeInCells()
    {
        QSignalSpy resized(m_view.get(), &TerminalView::resized);
        const QSize before = m_view->cells();
        m_view->resize(900, 300);
        QVERIFY(m_view->cells().width() > before.width());
        QCOMPARE(resized.count(), 1);
    }

    void givesEveryKeyToTheProgram()
    {
        QSignalSpy typed(m_view.get(), &TerminalView::typed);
        QSignalSpy left(m_view.get(), &TerminalView::left);
        QTest::keyClicks(m_view.get(), QStringLiteral("ls"));
        QTest::keyClick(m_view.get(), Qt::Key_Tab);
        QTest::keyClick(m_view.get(), Qt::Key_F5);
        QTest::keyClick(m_view.get(), Qt::Key_Q, Qt::ControlModifier);
        QCOMPARE(all(typed), QByteArray("ls\t\x1b[15~\x11"));
        QVERIFY(m_view->hasFocus() && left.isEmpty());
        QTest::keyClick(m_view.get(), Qt::Key_Backtab, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(left.count(), 1);
    }

    void answersQuestionsOfTheProgram()
    {
        QSignalSpy typed(m_view.get(), &TerminalView::typed);
        m_view->feed("ab\x1b[6n");
        QCOMPARE(all(typed), QByteArray("\x1b[1;3R"));
    }

    void scrollsBackAndStaysThere()
    {
        fill(500);
        const QString last = m_view->text();
        QTest::keyClick(m_view.get(), Qt::Key_PageUp, Qt::ShiftModifier);
        const QString before = m_view->text();
        QVERIFY(before != last);
        m_view->feed("more\r\nand more\r\n");
        QTest::qWait(50);
        QCOMPARE(m_view->text(), before);
        QTest::keyClick(m_view.get(), Qt::Key_A); // typing leads back
        QVERIFY(m_view->text().contains(QStringLiteral("and more")));
    }

    void selectsAndCopies()
    {
        m_view->feed("first line\r\nsecond line\r\n");
        const auto at = [this](int column, int row) {
            const QFontMetricsF metrics(m_view->font());
            return QPoint(4 + qRound(column * metrics.horizontalAdvance(u'M')),
                4 + qRound((row + 0.5) * std::ceil(metrics.height())));
        };
        QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, at(6, 0));
        QTest::mouseMove(m_view->viewport(), at(6, 1));
        QMouseEvent move(
            QEvent::MouseMove, at(6, 1), m_view->viewport()->mapToGlobal(at(6, 1)), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_view->viewport(), &move);
        QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, at(6, 1));
        QCOMPARE(m_view->selectedText(), QStringLiteral("line\nsecond"));
        QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("line\nsecond"));
        QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, at(2, 1));
        QCOMPARE(m_view->selectedText(), QStringLiteral("second"));
    }

    void pastesWhatWasCopied()
    {
        QGuiApplication::clipboard()->setText(QStringLiteral("echo\n"));
        QSignalSpy typed(m_view.get(), &TerminalView::typed);
        QTest::keyClick(m_view.get(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(all(typed), QByteArray("echo\r"));
    }

    void leavesTheClipboardAlone()
    {
        QGuiApplication::clipboard()->setText(QStringLiteral("mine"));
        m_view->feed("\x1b]52;c;c3RvbGVu\x07\x1b]2;title\x07");
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("mine"));
        QCOMPARE(m_view->windowTitle(), QString());
    }

    void isSilentAfterItsEnd()
    {
        QSignalSpy typed(m_view.get(), &TerminalView::typed);
        m_view->setEnded(true);
        QTest::keyClicks(m_view.get(), QStringLiteral("ls"));
        QVERIFY(typed.isEmpty());
    }

    void tellsAScreenReaderWhatIsShown()
    {
        m_view->setAccessibleName(QStringLiteral("Terminal in web"));
        m_view->feed("hello");
        QAccessibleInterface* read = QAccessible::queryAccessibleInterface(m_view.get());
        QVERIFY(read != nullptr);
        QCOMPARE(read->role(), QAccessible::Terminal);
        QCOMPARE(read->text(QAccessible::Name), QStringLiteral("Terminal in web"));
        QCOMPARE(read->text(QAccessible::Value), QStringLiteral("hello"));
    }

private:
    static QByteArray all(const QSignalSpy& typed)
    {
        QByteArray bytes;
        for (const auto& each : typed)
            bytes += each.first().toByteArray();
        return bytes;
    }

    void fill(int lines)
    {
        for (int i = 0; i < lines; ++i)
            m_view->feed("line " + QByteArray::number(i) + "\r\n");
        QTRY_VERIFY(m_view->verticalScrollBar()->maximum() > 0);
    }

    std::unique_ptr<TerminalView> m_view;
};

QTEST_MAIN(TerminalViewTest)
#include "console_terminal_view_test.moc"
