// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/joint_log_view.h"

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
