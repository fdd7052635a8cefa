// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_level.h"

#include "tests/support/wait_for_job.h"
#include "ui/console/log_export.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

class LogLevelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTheLevel_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("level");
        const auto row = [](const char* line, LineLevel level) {
            QTest::newRow(line) << QString::fromLatin1(line) << static_cast<int>(level);
        };
        row("ERROR cannot open", LineLevel::Error);
        row("2026-11-28 10:00:00,123 [main] WARN  o.e.Server - slow", LineLevel::Warning);
        row("[ERR] x", LineLevel::Error);
        row("time=\"2026\" level=warning msg=\"no error\"", LineLevel::Warning);
        row("{\"level\":\"error\",\"msg\":\"x\"}", LineLevel::Error);
        row("DEBUG: 1", LineLevel::Debug);
        row("INFO the ERROR page was shown", LineLevel::None);
        row("no error here, all is well", LineLevel::None);
        row("TERROR", LineLevel::None);
        row("", LineLevel::None);
    }

    void findsTheLevel()
    {
        QFETCH(QString, line);
        QFETCH(int, level);
        QCOMPARE(static_cast<int>(levelOf(line)), level);
    }

    void savesAllFilesOfALog()
    {
        QTemporaryDir folder;
        const QString log = folder.filePath(QStringLiteral("log"));
        const QByteArray stamp = "2026-01-31T08:15:00.123456789Z";
        write(log + QStringLiteral(".1"), stamp + " stdout F one\n" + stamp + " stdout P tw\n");
        write(log, stamp + " stdout F o\n" + stamp + " stderr F three\n");
        const QString target = folder.filePath(QStringLiteral("saved"));
        QVERIFY(test::runJob(*logExportJob(log, target)));
        QFile saved(target);
        QVERIFY(saved.open(QIODevice::ReadOnly));
        QCOMPARE(saved.readAll(), stamp + " one\n" + stamp + " two\n" + stamp + " three\n");
        QVERIFY(!test::runJob(*logExportJob(log, folder.filePath(QStringLiteral("no/such/folder")))));
    }

private:
    static void write(const QString& path, const QByteArray& bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
};

QTEST_MAIN(LogLevelTest)
#include "log_level_test.moc"
