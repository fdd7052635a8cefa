// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/joint_log_view.h"

#include <QComboBox>
#include <QDateTime>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// The logs of an application as one.
class ConsoleJointLogViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsSeveralLogsAsOneAndFollowsThem()
    {
        write("web", "2026-01-31T08:15:00.100000000Z stdout F one\n2026-01-31T08:15:00.300000000Z stderr F three\n");
        write("db", "2026-01-31T08:15:00.200000000Z stdout F two\n");
        JointLogView view;
        view.setLogs({ { QStringLiteral("web-1"), path("web") }, { QStringLiteral("db-1"), path("db") } });
        view.show();
        const QString all
            = QStringLiteral("08:15:00.100  web-1  one\n08:15:00.200  db-1  two\n08:15:00.300  web-1  three");
        QCOMPARE(view.text(), all);
        write("db", "2026-01-31T08:15:00.400000000Z stdout F \x1b[31mfour\n");
        QTRY_COMPARE(view.text(), all + QStringLiteral("\n08:15:00.400  db-1  four"));
        view.setLogs({ { QStringLiteral("db-1"), path("db") } });
        QVERIFY(!view.text().contains(QStringLiteral("web-1")));
    }

    void showsTheTimesThatAreChosen()
    {
        QByteArray old;
        for (int i = 0; i < 20'000; ++i) // more than what is shown of all times
            old += "2026-01-31T08:00:00.000000000Z stdout F old\n";
        write("many.1", "2026-01-30T08:00:00.000000000Z stdout F older\n");
        write("many", old);
        const auto now = QDateTime::currentDateTimeUtc();
        const auto line = [](const QDateTime& time, const char* text) {
            return time.toString(Qt::ISODateWithMs).chopped(1).toLatin1() + "000000Z stdout F " + text + '\n';
        };
        write("many", line(now.addSecs(-7200), "two hours ago") + line(now.addSecs(-60), "a minute ago"));
        JointLogView view;
        view.setLastStart(now.addSecs(-3 * 3600));
        view.setLogs({ { QStringLiteral("many-1"), path("many") } });
        view.show();
        QTRY_VERIFY(view.text().endsWith(u"a minute ago"));
        auto* times = view.findChild<QComboBox*>(QStringLiteral("logTimes"));
        QVERIFY(times);
        const auto choose = [times](int row) {
            times->setCurrentIndex(row);
            Q_EMIT times->activated(row);
        };
        choose(1); // since the last start
        QTRY_VERIFY(view.text().endsWith(u"a minute ago"));
        QCOMPARE(view.text().count(u'\n'), 1);
        choose(2); // ten minutes
        QTRY_VERIFY(view.text().endsWith(u"a minute ago"));
        QCOMPARE(view.text().count(u'\n'), 0);
        choose(0);
        QTRY_VERIFY(view.text().count(u'\n') > 1000);
    }

private:
    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    void write(const char* name, const QByteArray& text)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(text), text.size());
    }

    QTemporaryDir m_folder;
};

QTEST_MAIN(ConsoleJointLogViewTest)
#include "console_joint_log_view_test.moc"
