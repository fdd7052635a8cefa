// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_view.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

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
        QCOMPARE(m_view->text(), QStringLiteral("08:15:00.123  one"));
        write("log", kStamp + " stderr F two\n");
        QTRY_COMPARE(m_view->text(), QStringLiteral("08:15:00.123  one\n08:15:00.123  two"));
    }

    void goesOnAfterARotation()
    {
        write("log", "old\n");
        m_view->setPath(path("log"));
        m_view->show();
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

    void readsOnlyTheEndOfALargeFile()
    {
        QByteArray large;
        for (int i = 0; i < 60'000; ++i)
            large += "line " + QByteArray::number(i) + " ........................................\n";
        write("large", large);
        m_view->setPath(path("large"));
        m_view->show();
        QTRY_VERIFY(m_view->text().contains(QStringLiteral("line 59999 ")));
        QVERIFY(!m_view->text().contains(QStringLiteral("line 1 ")));
        QVERIFY(m_view->text().count(u'\n') < LogView::kKeptLines);
    }

    void refusesAFifoInsteadOfHanging()
    {
        QCOMPARE(::mkfifo(path("fifo").toUtf8().constData(), 0600), 0);
        m_view->setPath(path("fifo"));
        QCOMPARE(m_view->text(), QString());
    }

private:
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
