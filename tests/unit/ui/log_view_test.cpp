// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_view.h"

#include <QAccessible>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QDialog>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <sys/stat.h>

using namespace twinhull;

namespace {

const QByteArray kStamp = "2026-01-31T08:15:00.123456789Z";

} // namespace

class LogViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_view = std::make_unique<LogView>();
    }

    void cleanup()
    {
        m_view.reset();
        m_folder.reset();
    }

    void followsWhatIsAppended()
    {
        write("log", kStamp + " stdout F one\n");
        m_view->setPath(path("log"));
        m_view->show();
        QTRY_COMPARE(m_view->text(), QStringLiteral("08:15:00.123  one"));
        write("log", kStamp + " stderr F two\n");
        QTRY_COMPARE(m_view->text(), QStringLiteral("08:15:00.123  one\n08:15:00.123  two"));
    }

    void goesOnAfterARotation()
    {
        write("log", "old\n");
        m_view->setPath(path("log"));
        m_view->show();
        QTRY_COMPARE(m_view->text(), QStringLiteral("old"));
        QVERIFY(QFile::rename(path("log"), path("log.1")));
        write("log", "new\n");
        QTRY_COMPARE(m_view->text(), QStringLiteral("old\nnew"));
    }

    void startsWhenTheFileComes()
    {
        m_view->setPath(path("later"));
        m_view->show();
        QCOMPARE(m_view->text(), QString());
        write("later", "here\n");
        QTRY_COMPARE(m_view->text(), QStringLiteral("here"));
    }

    void hasAllOfALargeLogAndFollowsIt()
    {
        showNumbers(60'000);
        QCOMPARE(canvas().rowCount(), std::size_t{ 60'000 });
        QVERIFY(canvas().textInSight().endsWith(u"line 59999"));
        QVERIFY(canvas().isFollowing());
        write("log", "line 60000\n");
        QTRY_VERIFY(canvas().textInSight().endsWith(u"line 60000"));
        QCOMPARE(m_view->text().count(u'\n') + 1, qsizetype{ LogCanvas::kMostCopiedLines });
    }

    void readsOnWhileSomebodyScrollsUp()
    {
        showNumbers(1000);
        QTest::keyClick(&canvas(), Qt::Key_Home);
        QVERIFY(!canvas().isFollowing());
        QVERIFY(!follow().isChecked());
        QVERIFY(canvas().textInSight().startsWith(u"line 0\n"));
        write("log", "line 1000\n");
        QTRY_COMPARE(canvas().rowCount(), std::size_t{ 1001 });
        QVERIFY(canvas().textInSight().startsWith(u"line 0\n")); // it did not run away
        QTest::keyClick(&canvas(), Qt::Key_End);
        QVERIFY(follow().isChecked());
        QVERIFY(canvas().textInSight().endsWith(u"line 1000"));
        follow().click();
        follow().click();
        QVERIFY(canvas().isFollowing());
    }

    void choosesLinesByKeysAndCopiesThem()
    {
        showNumbers(100);
        QTest::keyClick(&canvas(), Qt::Key_Home);
        QTest::keyClick(&canvas(), Qt::Key_Down);
        QTest::keyClick(&canvas(), Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(canvas().textToCopy(), QStringLiteral("line 1\nline 2"));
        QTest::keyClick(&canvas(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("line 1\nline 2"));
        QTest::keyClick(&canvas(), Qt::Key_Up, Qt::ShiftModifier);
        QTest::keyClick(&canvas(), Qt::Key_Up, Qt::ShiftModifier);
        QCOMPARE(canvas().textToCopy(), QStringLiteral("line 0\nline 1"));
        QTest::keyClick(&canvas(), Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(canvas().textToCopy().count(u'\n'), 99);
        QCOMPARE(canvas().currentText(), QStringLiteral("line 99"));
    }

    void choosesByTheMouse()
    {
        showNumbers(10);
        const QPoint first(20, 8);
        QTest::mouseDClick(canvas().viewport(), Qt::LeftButton, {}, first);
        QCOMPARE(canvas().textToCopy(), QStringLiteral("line"));
        QTest::mousePress(canvas().viewport(), Qt::LeftButton, {}, { 0, 8 });
        QMouseEvent move(QEvent::MouseMove, QPointF(500, 8), canvas().viewport()->mapToGlobal(QPointF(500, 8)),
            Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(canvas().viewport(), &move);
        QTest::mouseRelease(canvas().viewport(), Qt::LeftButton, {}, { 500, 8 });
        QCOMPARE(canvas().textToCopy(), QStringLiteral("line 0"));
    }

    void searchesWithACount()
    {
        showNumbers(2000);
        QTest::keyClicks(&search(), QStringLiteral("LINE 19"));
        QTRY_VERIFY(m_view->isSettled() && found().text().endsWith(QStringLiteral("of 111")));
        canvas().setFocus();
        QTest::keyClick(&canvas(), Qt::Key_Home);
        QTest::keyClick(&search(), Qt::Key_Return);
        QCOMPARE(found().text(), QStringLiteral("1 of 111"));
        QCOMPARE(canvas().currentText(), QStringLiteral("line 19"));
        button("logNext").click();
        QCOMPARE(canvas().currentText(), QStringLiteral("line 190"));
        button("logPrevious").click();
        button("logPrevious").click();
        QCOMPARE(canvas().currentText(), QStringLiteral("line 1999"));
        search().setText(QStringLiteral("no such"));
        QTRY_COMPARE(found().text(), QStringLiteral("Not found"));
        QVERIFY(!button("logNext").isEnabled());
        search().clear();
        QVERIFY(found().isHidden());
    }

    void showsStreamsAndLevelsApart()
    {
        write("log",
            kStamp + " stdout F out\n" + kStamp + " stderr F err\n" + kStamp + " stdout F WARN low\n" + kStamp
                + " stdout F ERROR bad\n");
        m_view->setPath(path("log"));
        m_view->show();
        QTRY_COMPARE(canvas().rowCount(), std::size_t{ 4 });
        auto* filter = m_view->findChild<QComboBox*>(QStringLiteral("logFilter"));
        const QList<int> counts{ 4, 3, 1, 3, 2 }; // by LogFilter
        for (int i = 0; i < filter->count(); ++i) {
            filter->setCurrentIndex(i);
            QCOMPARE(static_cast<int>(canvas().rowCount()), counts.at(i));
        }
    }

    void showsAStretchOfTime()
    {
        for (int minute = 10; minute < 60; ++minute)
            write("log", momentAt(minute) + " stdout F minute " + QByteArray::number(minute) + "\n");
        m_view->setPath(path("log"));
        m_view->show();
        QTRY_COMPARE(canvas().rowCount(), std::size_t{ 50 });
        auto& times = *m_view->findChild<QComboBox*>(QStringLiteral("logTimes"));
        const auto chooseTimes = [&](int row) {
            times.setCurrentIndex(row);
            Q_EMIT times.activated(row);
        };
        m_view->setLastStart(QDateTime(QDate(2026, 1, 31), QTime(8, 30), Qt::UTC));
        chooseTimes(1); // since the last start
        QCOMPARE(canvas().rowCount(), std::size_t{ 30 });
        QCOMPARE(m_view->text().section(u'\n', 0, 0), QStringLiteral("08:30:00.000  minute 30"));
        search().setText(QStringLiteral("minute 2")); // none of them is shown
        QTRY_COMPARE(found().text(), QStringLiteral("Not found"));
        search().setText(QStringLiteral("minute 3"));
        QTRY_VERIFY(m_view->isSettled() && found().text().endsWith(QStringLiteral("of 10")));
        write("log", momentAt(59) + " stdout F last\n");
        QTRY_COMPARE(canvas().rowCount(), std::size_t{ 31 });
        chooseTimes(2); // from ten minutes ago: all of that is older
        QCOMPARE(canvas().rowCount(), std::size_t{ 0 });
        QTRY_COMPARE(notice().text(), QStringLiteral("Nothing was logged in that time."));
        chooseTimes(0);
        QCOMPARE(canvas().rowCount(), std::size_t{ 51 });
    }

    void asksFromWhenToWhen()
    {
        const QDateTime base(QDate(2026, 1, 31), QTime(8, 0), Qt::UTC);
        for (int minute = 10; minute < 60; ++minute)
            write("log", momentAt(minute) + " stdout F minute " + QByteArray::number(minute) + "\n");
        m_view->setPath(path("log"));
        m_view->show();
        QTRY_COMPARE(canvas().rowCount(), std::size_t{ 50 });
        auto& times = *m_view->findChild<QComboBox*>(QStringLiteral("logTimes"));
        Q_EMIT times.activated(times.count() - 1);
        auto* dialog = m_view->findChild<QDialog*>(QStringLiteral("logTimesDialog"));
        QVERIFY(dialog);
        auto* accept = dialog->findChild<QPushButton*>(QStringLiteral("logTimesAccept"));
        dialog->findChild<QCheckBox*>(QStringLiteral("logHasUntil"))->setChecked(true);
        dialog->findChild<QDateTimeEdit*>(QStringLiteral("logSince"))->setDateTime(base.addSecs(50 * 60).toLocalTime());
        dialog->findChild<QDateTimeEdit*>(QStringLiteral("logUntil"))->setDateTime(base.addSecs(20 * 60).toLocalTime());
        QVERIFY(!accept->isEnabled()); // it ends before it begins
        dialog->findChild<QDateTimeEdit*>(QStringLiteral("logSince"))->setDateTime(base.addSecs(15 * 60).toLocalTime());
        QVERIFY(accept->isEnabled());
        accept->click();
        QCOMPARE(canvas().rowCount(), std::size_t{ 6 }); // both ends are in it
        QVERIFY(m_view->text().endsWith(QStringLiteral("minute 20")));
        QCOMPARE(times.currentIndex(), times.count() - 1);
    }

    void showsAllOfALogWithoutTimes()
    {
        showNumbers(10);
        auto& times = *m_view->findChild<QComboBox*>(QStringLiteral("logTimes"));
        Q_EMIT times.activated(2);
        QCOMPARE(canvas().rowCount(), std::size_t{ 10 });
        QTRY_COMPARE(notice().text(), QStringLiteral("This log has no times: all of it is shown."));
    }

    void tellsAssistivePrograms()
    {
        showNumbers(100);
        auto* interface = QAccessible::queryAccessibleInterface(&canvas());
        QVERIFY(interface != nullptr);
        QCOMPARE(interface->text(QAccessible::Name), QStringLiteral("Log"));
        QVERIFY(interface->text(QAccessible::Value).endsWith(u"line 99"));
        QTest::keyClick(&canvas(), Qt::Key_Home);
        QCOMPARE(interface->text(QAccessible::Description), QStringLiteral("line 0"));
    }

    void paintsLinesOfAnyKind()
    {
        write("log", "short\n" + QByteArray(20'000, 'x') + "\n\xff\xfe\x1b[31m \xe2\x80\xae bidi\n");
        m_view->setPath(path("log"));
        m_view->resize(600, 400);
        m_view->show();
        QTRY_COMPARE(canvas().rowCount(), std::size_t{ 3 });
        QVERIFY(!m_view->grab().isNull());
        QTRY_VERIFY(canvas().horizontalScrollBar()->maximum() > 0);
        QTest::keyClick(&canvas(), Qt::Key_Right);
        QVERIFY(canvas().horizontalScrollBar()->value() > 0);
        QVERIFY(!m_view->grab().isNull());
    }

    void refusesAFifoInsteadOfHanging()
    {
        QCOMPARE(::mkfifo(path("fifo").toUtf8().constData(), 0600), 0);
        m_view->setPath(path("fifo"));
        QCOMPARE(m_view->text(), QString());
    }

private:
    static QByteArray momentAt(int minute) { return "2026-01-31T08:" + QByteArray::number(minute) + ":00.000000000Z"; }
    LogCanvas& canvas() const { return *m_view->findChild<LogCanvas*>(QStringLiteral("logText")); }
    QLineEdit& search() const { return *m_view->findChild<QLineEdit*>(QStringLiteral("logSearch")); }
    QLabel& notice() const { return *m_view->findChild<QLabel*>(QStringLiteral("logNotice")); }
    QLabel& found() const { return *m_view->findChild<QLabel*>(QStringLiteral("logFound")); }
    QToolButton& button(const char* name) const { return *m_view->findChild<QToolButton*>(QLatin1String(name)); }
    QToolButton& follow() const { return button("logFollow"); }

    void showNumbers(int count)
    {
        QByteArray text;
        for (int i = 0; i < count; ++i)
            text += "line " + QByteArray::number(i) + '\n';
        write("log", text);
        m_view->resize(800, 400);
        m_view->setPath(path("log"));
        m_view->show();
        QTRY_VERIFY(m_view->isSettled() && canvas().rowCount() == static_cast<std::size_t>(count));
    }
    QString path(const char* name) const { return m_folder->filePath(QLatin1String(name)); }

    void write(const char* name, const QByteArray& bytes)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LogView> m_view;
};

QTEST_MAIN(LogViewTest)
#include "log_view_test.moc"
