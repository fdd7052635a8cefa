// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/joint_log.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// Several logs as one, in the order of time.
class JointLogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.isValid()); }

    void tellsLinesInTheOrderOfTime()
    {
        write("a", record(1, "one") + record(4, "four"));
        write("b", record(2, "two") + record(3, "three", "stderr"));
        JointLog log;
        addTo(log, "a");
        addTo(log, "b");
        QCOMPARE(rest(log), QByteArray("0 one|1 two|1 three!|0 four"));
        write("b", record(5, "five"));
        write("a", record(6, "six"));
        QCOMPARE(rest(log), QByteArray("1 five|0 six"));
    }

    void joinsThePartsOfALineAndReadsOlderFilesFirst()
    {
        write("c.2", record(1, "oldest"));
        write("c.1", record(2, "older"));
        write("c", record(3, "be", "stdout", "P") + record(4, "other", "stderr") + record(5, "gun"));
        JointLog log;
        addTo(log, "c");
        QCOMPARE(rest(log), QByteArray("0 oldest|0 older|0 other!|0 begun"));
    }

    void goesOnAfterARotation()
    {
        write("d", record(1, "one"));
        JointLog log;
        addTo(log, "d");
        QCOMPARE(rest(log), QByteArray("0 one"));
        write("d", record(2, "two"));
        QVERIFY(QFile::rename(path("d"), path("d.1")));
        QCOMPARE(rest(log), QByteArray("0 two")); // of the file that was open
        write("d", record(3, "three"));
        QCOMPARE(rest(log), QByteArray("0 three"));
    }

    void readsAllThatCameWithTwoRotations()
    {
        write("f", record(1, "one"));
        JointLog log;
        addTo(log, "f");
        QCOMPARE(rest(log), QByteArray("0 one"));
        write("f", record(2, "two"));
        QVERIFY(QFile::rename(path("f"), path("f.2")));
        write("f.1", record(3, "three"));
        write("f", record(4, "four"));
        QCOMPARE(rest(log), QByteArray("0 two|0 three|0 four"));
    }

    /// What is opened between the steps of a rotation is in order; behind more than one it may not be.
    void knowsWhetherItOpenedTheNewest()
    {
        for (const char* next : { "g.0", "g.1" }) {
            write("g", record(1, "one"));
            const auto files = openLogs(path("g"));
            QVERIFY(files && files->size() == 1);
            const QFile& open = *files->front();
            QVERIFY(isStillNewest(open, path("g")));
            QVERIFY(QFile::rename(path("g"), path(next)));
            QVERIFY(isStillNewest(open, path("g")));
            write("g", record(2, "two"));
            QVERIFY(!isStillNewest(open, path("g")));
            QVERIFY(QFile::rename(path(next), path("g.2")));
            QVERIFY(QFile::rename(path("g"), path(next))); // and the third is not there yet
            QVERIFY(!isStillNewest(open, path("g")));
            QVERIFY(QFile::remove(path(next)) && QFile::remove(path("g.2")));
        }
    }

    void waitsForALogThatIsNotThereYet()
    {
        JointLog log;
        addTo(log, "e");
        QCOMPARE(rest(log), QByteArray());
        write("e", record(1, "late") + "half a reco");
        QCOMPARE(rest(log), QByteArray("0 late"));
    }

private:
    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    void write(const char* name, const std::string& text)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(text.data(), static_cast<qint64>(text.size())), static_cast<qint64>(text.size()));
    }

    static std::string record(
        int second, const std::string& text, const std::string& stream = "stdout", const std::string& piece = "F")
    {
        return logTime(second * 1'000'000'000LL) + ' ' + stream + ' ' + piece + ' ' + text + '\n';
    }

    void addTo(JointLog& log, const char* name) const
    {
        auto files = openLogs(path(name));
        QVERIFY(files);
        log.add(path(name), *std::move(files));
    }

    static QByteArray rest(JointLog& log)
    {
        QByteArrayList all;
        while (const auto line = log.next())
            all << QByteArray::number(static_cast<int>(line->source)) + ' ' + QByteArray::fromStdString(line->text)
                    + (line->stream == LogStream::Error ? "!" : "");
        return all.join('|');
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(JointLogTest)
#include "joint_log_test.moc"
