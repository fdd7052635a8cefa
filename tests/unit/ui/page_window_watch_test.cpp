// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/window_watch.h"

#include <QSignalSpy>
#include <QTest>
#include <QWidget>

using namespace twinhull;

class WindowWatchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsThatAWindowIsMinimisedAndSeenAgain()
    {
        QWidget window;
        const WindowWatch watch(window);
        QSignalSpy told(&watch, &WindowWatch::seenChanged);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCoreApplication::processEvents();
        QCOMPARE(told.size(), 0);
        window.showMinimized();
        QTRY_COMPARE(told.size(), 1);
        QCOMPARE(told.last().first().toBool(), false);
        window.showNormal();
        QTRY_COMPARE(told.size(), 2);
        QCOMPARE(told.last().first().toBool(), true);
    }

    void tellsThatAWindowIsHidden()
    {
        QWidget window;
        const WindowWatch watch(window);
        QSignalSpy told(&watch, &WindowWatch::seenChanged);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCoreApplication::processEvents();
        window.hide();
        QTRY_COMPARE(told.size(), 1);
        QCOMPARE(told.last().first().toBool(), false);
    }
};

QTEST_MAIN(WindowWatchTest)
#include "page_window_watch_test.moc"
