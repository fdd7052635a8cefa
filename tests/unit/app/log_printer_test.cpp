// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_tail.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace twinhull;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Standard output goes to a file while this lives.
class Caught {
public:
    explicit Caught(std::string path) : m_path(std::move(path)), m_before(::dup(STDOUT_FILENO))
    {
        const auto file = openPath(m_path, O_WRONLY | O_CREAT | O_TRUNC);
        (void)::dup2(file->fd(), STDOUT_FILENO);
    }
    ~Caught() { (void)::dup2(m_before.fd(), STDOUT_FILENO); }
    Caught(const Caught&) = delete;
    Caught& operator=(const Caught&) = delete;

    QByteArray text() const { return QByteArray::fromStdString(*readFile(m_path)); }

private:
    std::string m_path;
    UniqueFd m_before;
};

QByteArray recordOf(const char* text, std::int64_t wallNanoseconds, LogStream stream = LogStream::Output)
{
    return QByteArray::fromStdString(logRecords(stream, text, wallNanoseconds));
}

} // namespace

/// Of a VM, whose console holds records of its program, and lines of its kernel or of a system of its own.
class LogPrinterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void printsAPromptAtOnce()
    {
        LogPrinter printer(WorkloadKind::Vm, {});
        const Caught out(path());
        QVERIFY(printer.take("booted\r\nlog"));
        QCOMPARE(out.text(), QByteArray("booted\r\nlog"));
        QVERIFY(printer.take("in: "));
        QCOMPARE(out.text(), QByteArray("booted\r\nlogin: "));
        QVERIFY(printer.take(QByteArray("root\n") + recordOf("mine\n", kSecond)));
        QVERIFY(printer.rest());
        QCOMPARE(out.text(), QByteArray("booted\r\nlogin: root\nmine\n"));
    }

    /// Cut anywhere, a record is one.
    void waitsForTheRestOfARecord()
    {
        const QByteArray log = recordOf("one\ntwo", kSecond) + "[ 4.8] reboot: Power down\n";
        for (qsizetype cut = 0; cut <= log.size(); ++cut) {
            LogPrinter printer(WorkloadKind::Vm, {});
            const Caught out(path());
            QVERIFY(printer.take(log.left(cut)));
            QVERIFY(printer.take(log.mid(cut)));
            QVERIFY(printer.rest());
            QCOMPARE(out.text(), QByteArray("one\ntwo[ 4.8] reboot: Power down\n"));
        }
    }

    /// What has no time belongs to the record before it, and to neither stream.
    void leavesOutByTimeAndStream_data()
    {
        QTest::addColumn<QByteArray>("since");
        QTest::addColumn<bool>("wantsError");
        QTest::addColumn<QByteArray>("printed");
        QTest::newRow("all") << QByteArray() << true << QByteArray("boot\nold\n[1] a\nnew\n[2] b\n");
        QTest::newRow("late") << QByteArray::fromStdString(logTime(50 * kSecond)) << true << QByteArray("new\n[2] b\n");
        QTest::newRow("one stream") << QByteArray() << false << QByteArray("old\nnew\n");
    }
    void leavesOutByTimeAndStream()
    {
        QFETCH(QByteArray, since);
        QFETCH(bool, wantsError);
        QFETCH(QByteArray, printed);
        LogChoice choice;
        choice.since = since.toStdString();
        choice.wantsError = wantsError;
        LogPrinter printer(WorkloadKind::Vm, choice);
        const Caught out(path());
        QVERIFY(printer.take(QByteArray("boot\n") + recordOf("old\n", kSecond) + "[1] a\n"
            + recordOf("new\n", 90 * kSecond) + "[2] b\n"));
        QVERIFY(printer.rest());
        QCOMPARE(out.text(), printed);
    }

    void writesBothAsJson()
    {
        LogChoice choice;
        choice.asJson = true;
        LogPrinter printer(WorkloadKind::Vm, choice);
        const Caught out(path());
        QVERIFY(printer.take(recordOf("half", kSecond) + "[1] a\r\nlogin: "));
        QVERIFY(printer.rest());
        QCOMPARE(out.text(),
            QByteArray("{\"partial\":true,\"stream\":\"stdout\",\"text\":\"half\",\"time\":\"1970-01-01T00:00:01."
                       "000000000Z\"}\n{\"partial\":false,\"stream\":\"serial\",\"text\":\"[1] a\",\"time\":null}\n"
                       "{\"partial\":true,\"stream\":\"serial\",\"text\":\"login: \",\"time\":null}\n"));
    }

    void countsLinesFromTheEnd()
    {
        QVERIFY(writeFileAtomically(
            path(), (recordOf("a\nb", kSecond) + recordOf("c\n", kSecond) + "[1] d\n").toStdString()));
        QFile file(QString::fromStdString(path()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(LogTail(2, {}).offsetIn(file), recordOf("a\n", kSecond).size()); // "bc" and the kernel's
    }

    /// A line that is still written is one, as tail(1) has it.
    void countsALineWithoutAnEnd()
    {
        const QByteArray before = recordOf("a\nb\n", kSecond);
        QVERIFY(writeFileAtomically(path(),
            (before + recordOf("c", kSecond) + recordOf("d", kSecond) + recordOf("oops\n", kSecond, LogStream::Error))
                .toStdString()));
        QFile file(QString::fromStdString(path()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        LogChoice choice;
        choice.wantsError = false;
        QCOMPARE(LogTail(1, choice).offsetIn(file), before.size());
        QCOMPARE(LogTail(0, choice).offsetIn(file), file.size() - recordOf("oops\n", kSecond, LogStream::Error).size());
    }

    /// The last line of a stream, whatever the other one or the console said since.
    void countsOnlyWhatIsWanted()
    {
        const QByteArray before = recordOf("a\n", kSecond);
        QVERIFY(writeFileAtomically(path(),
            (before + recordOf("b\n", 2 * kSecond) + recordOf("x\ny\n", 2 * kSecond, LogStream::Error) + "[1] d\n"
                + recordOf("c\n", 9 * kSecond))
                .toStdString()));
        QFile file(QString::fromStdString(path()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        LogChoice choice;
        choice.wantsError = false;
        choice.until = logTime(5 * kSecond);
        QCOMPARE(LogTail(1, choice).offsetIn(file), before.size());
    }

private:
    std::string path() const { return m_folder.filePath(QStringLiteral("text")).toStdString(); }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(LogPrinterTest)
#include "log_printer_test.moc"
