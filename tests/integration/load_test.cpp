// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace twinhull;

namespace {

constexpr const char* kProgram = TH_BIN_DIR "/twinhull-load";

} // namespace

/// The program whose cost is known: that it does what it says, and counts it right.
class LoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_world.isValid()); }

    void doesWhatIsAskedFor_data()
    {
        QTest::addColumn<QString>("load");
        QTest::addColumn<qint64>("amount");
        QTest::addColumn<qint64>("done");
        QTest::newRow("cpu") << QStringLiteral("cpu") << qint64(10'000'000) << qint64(10'000'000);
        QTest::newRow("memory, whole blocks") << QStringLiteral("memory") << qint64(1) << qint64(64 << 20);
        QTest::newRow("syscalls") << QStringLiteral("syscalls") << qint64(50'000) << qint64(50'000);
        QTest::newRow("fork") << QStringLiteral("fork") << qint64(20) << qint64(20);
        QTest::newRow("file-cached, both ways") << QStringLiteral("file-cached") << qint64(8 << 20) << qint64(16 << 20);
    }
    void doesWhatIsAskedFor()
    {
        QFETCH(QString, load);
        QFETCH(qint64, amount);
        QFETCH(qint64, done);
        const auto report = run({ load.toStdString(), "--amount", std::to_string(amount) });
        QCOMPARE(report[u"load"].toString(), load);
        QCOMPARE(report[u"amount"].toInteger(), done);
        QVERIFY(report[u"value"].toDouble() > 0);
        QVERIFY(report[u"cpuNanoseconds"].toInteger() > 0);
        QVERIFY(report[u"wallNanoseconds"].toInteger() > 0);
        QVERIFY2(leftovers().isEmpty(), qPrintable(leftovers().join(u' ')));
    }

    void goesPastThePageCache()
    {
        const auto output = runCommand(command({ "file-direct", "--amount", "4194304" }), std::chrono::minutes(1));
        QVERIFY(output);
        if (output->exitStatus == 0)
            QCOMPARE(json(*output)[u"amount"].toInteger(), qint64(8 << 20));
        else // a tmpfs, say
            QVERIFY2(
                output->standardError.find("has no direct I/O") != std::string::npos, output->standardError.c_str());
        QVERIFY(leftovers().isEmpty());
    }

    void burnsNoMoreThanItsShare()
    {
        const auto report = run({ "burn", "--amount", "250", "--seconds", "1" });
        const auto cpu = static_cast<double>(report[u"cpuNanoseconds"].toInteger());
        const auto wall = static_cast<double>(report[u"wallNanoseconds"].toInteger());
        QVERIFY2(cpu <= 0.25 * wall + 5e6, qPrintable(QString::number(cpu / wall)));
        QVERIFY(cpu > 0);
    }

    void holdsWhatItTouched()
    {
        auto child = spawn(command({ "touch", "--amount", "33554432", "--seconds", "1000" }), {});
        QVERIFY(child);
        QTRY_VERIFY_WITH_TIMEOUT(anonymousBytes(child->pid) >= 32 << 20, 60'000);
        QVERIFY(anonymousBytes(child->pid) < 33 << 20);
        QCOMPARE(::kill(child->pid, SIGKILL), 0);
        QCOMPARE(::waitpid(child->pid, nullptr, 0), child->pid);
    }

    void refusesWhatItDoesNotKnow_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("load") << QString::fromLatin1("dance").split(u' ');
        QTest::newRow("option") << QString::fromLatin1("cpu --quickly 1").split(u' ');
        QTest::newRow("no number") << QString::fromLatin1("cpu --amount many").split(u' ');
        QTest::newRow("negative") << QString::fromLatin1("cpu --seconds -1").split(u' ');
        QTest::newRow("no value") << QString::fromLatin1("cpu --amount").split(u' ');
        QTest::newRow("more than a core") << QString::fromLatin1("burn --amount 1001").split(u' ');
    }
    void refusesWhatItDoesNotKnow()
    {
        QFETCH(QStringList, words);
        Command command{ { kProgram }, {}, {} };
        for (const QString& word : words)
            command.arguments.push_back(word.toStdString());
        const auto output = runCommand(command, std::chrono::minutes(1));
        QVERIFY(output);
        QCOMPARE(output->exitStatus, 2);
        QVERIFY(output->standardOutput.empty());
        QVERIFY(output->standardError.starts_with("twinhull-load: "));
    }

private:
    Command command(std::vector<std::string> words) const
    {
        words.insert(words.begin(), kProgram);
        words.insert(words.end(), { "--folder", m_world.path().toStdString() });
        return { std::move(words), {}, {} };
    }
    static QJsonObject json(const CommandOutput& output)
    {
        return QJsonDocument::fromJson(QByteArray::fromStdString(output.standardOutput)).object();
    }
    QJsonObject run(const std::vector<std::string>& words) const
    {
        const auto output = runCommand(command(words), std::chrono::minutes(2));
        return output && output->exitStatus == 0 ? json(*output) : QJsonObject();
    }
    QStringList leftovers() const
    {
        return QDir(m_world.path()).entryList({ QStringLiteral("twinhull-load*") }, QDir::AllEntries | QDir::System);
    }
    static qint64 anonymousBytes(pid_t pid)
    {
        QFile file(QStringLiteral("/proc/%1/status").arg(pid));
        if (!file.open(QIODevice::ReadOnly))
            return 0;
        for (const QByteArray& line : file.readAll().split('\n')) {
            if (line.startsWith("RssAnon:"))
                return line.mid(8).trimmed().split(' ').front().toLongLong() * 1024;
        }
        return 0;
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(LoadTest)
#include "load_test.moc"
