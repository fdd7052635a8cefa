// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/work_definition.h"

#include "core/base/files.h"
#include "core/twin/compared_work.h"
#include "core/twin/work_figure.h"

#include <QTemporaryDir>
#include <QTest>

#include <random>

#include <sys/stat.h>

using namespace twinhull;

namespace {

const QByteArray kWhole = R"json({"name": "tiny-bench", "title": "turns of a loop", "needs": "tinybench",
    "command": ["tinybench", "--turns", "10"], "prepare": ["sh", "-c", "true"], "clean_up": ["rm", "-f", "/tmp/x"],
    "caches": "none", "figure": {"pattern": "turns: ([0-9]+)", "unit": "turns/s", "better": "higher"},
    "awaits_port": 8080, "failure": "[1-9][0-9]* turns failed"})json";

QByteArray with(const char* key, const char* value)
{
    QByteArray text = "{\"name\": \"a\", \"title\": \"t\", \"command\": [\"c\"]}";
    const QByteArray quoted = '"' + QByteArray(key) + '"';
    if (const auto at = text.indexOf(quoted); at >= 0) { // replaces the value
        const auto end = text.indexOf(at > 20 ? '}' : ',', at);
        text.replace(at, end - at, quoted + ": " + value);
    } else {
        text.insert(text.size() - 1, ", " + quoted + ": " + value);
    }
    return text;
}

} // namespace

class WorkDefinitionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAllOfIt()
    {
        const auto read = parseWorkDefinition(kWhole);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->name, QStringLiteral("tiny-bench"));
        QCOMPARE(read->command.size(), 3);
        QCOMPARE(read->prepare.size(), 3);
        QCOMPARE(read->cleanUp.back(), QStringLiteral("/tmp/x"));
        QCOMPARE(read->needs, QStringLiteral("tinybench"));
        QCOMPARE(read->figure->unit, QStringLiteral("turns/s"));
        QCOMPARE(read->figure->better, Better::Higher);
        QCOMPARE(read->awaitsPort, std::uint16_t{ 8080 });
        QCOMPARE(read->failure, QStringLiteral("[1-9][0-9]* turns failed"));
    }

    void theLeastIsANameATitleAndACommand()
    {
        const auto read = parseWorkDefinition("{\"name\": \"a\", \"title\": \"t\", \"command\": [\"c\"]}");
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(!read->figure && read->needs.isEmpty() && read->prepare.isEmpty());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("what");
        const auto row = [](const char* name, const QByteArray& json, const char* what) {
            QTest::newRow(name) << json << QByteArray(what);
        };
        row("nothing", {}, "it is no JSON");
        row("a list", "[]", "no JSON object");
        row("an unknown key", with("commands", "[]"), "\"commands\" is not known");
        row("an unknown key of the figure", with("figure", "{\"pattern\": \"x\", \"scale\": 1}"),
            "\"scale\" is not known");
        row("no command", "{\"name\": \"a\", \"title\": \"t\"}", "\"command\" is missing");
        row("no name", "{\"title\": \"t\", \"command\": [\"c\"]}", "\"name\" is missing");
        row("an empty command", with("command", "[]"), "\"command\" is no list");
        row("a command of numbers", with("command", "[1]"), "\"command\" is no list");
        row("a command as text", with("command", "\"c d\""), "\"command\" is no list");
        row("a null", with("needs", "null"), "\"needs\" is no printable text");
        row("a word with a zero byte", with("command", "[\"a\\u0000b\"]"), "\"command\" is no list");
        row("a name with a slash", with("name", "\"../a\""), "\"name\" has other characters");
        row("a name of ours", with("name", "\"cpu\""), "\"name\" is that of a built-in work");
        row("a long name", with("name", QByteArray('"' + QByteArray(41, 'a') + '"').constData()), "\"name\" is no");
        row("a title with an escape", with("title", "\"a\\u001b[2Jb\""), "\"title\" is no printable text");
        row("a pattern that is none", with("figure", "{\"pattern\": \"(\"}"), "no regular expression");
        row("a figure without a pattern", with("figure", "{\"unit\": \"s\"}"), "\"pattern\" is missing");
        row("no port", with("awaits_port", "0"), "\"awaits_port\" is no port");
        row("a port that is too high", with("awaits_port", "65536"), "\"awaits_port\" is no port");
        row("a port and a half", with("awaits_port", "80.5"), "\"awaits_port\" is no port");
        row("a port as text", with("awaits_port", "\"80\""), "\"awaits_port\" is no port");
        row("a failure that is no pattern", with("failure", "\"(\""), "\"failure\" is no regular expression");
        row("a way that is none", with("figure", "{\"pattern\": \"x\", \"better\": \"faster\"}"),
            "\"better\" is neither");
    }
    void refuses()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, what);
        const auto read = parseWorkDefinition(json);
        QVERIFY2(!read, json);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
        QVERIFY2(read.error().message.find(what.toStdString()) != std::string::npos, read.error().message.c_str());
        QVERIFY(!read.error().hint.empty());
    }

    /// Whatever stands in it: an answer, and never a control character in it.
    void survivesDamage()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 20'000; ++round) {
            QByteArray json = kWhole;
            for (int change = 0; change < 3; ++change)
                json[static_cast<qsizetype>(random()) % json.size()] = static_cast<char>(random());
            if (const auto read = parseWorkDefinition(json); !read)
                QVERIFY2(std::none_of(read.error().message.begin(), read.error().message.end(),
                             [](unsigned char c) { return c < 0x20; }),
                    json);
        }
    }

    void allOfOursAreGood()
    {
        const auto known = readWorkDefinitions("/nowhere");
        QVERIFY2(known.refused.empty(), known.refused.empty() ? "" : known.refused.front().message.c_str());
        for (const char* name : { "sysbench-cpu", "sysbench-memory", "fio-randread", "fio-randread-cached",
                 "iperf3-loopback", "wrk-http" }) {
            const auto* definition = known.find(QLatin1String(name));
            QVERIFY2(definition != nullptr && definition->figure && !definition->needs.isEmpty(), name);
            QCOMPARE(definition->needs, definition->command.front());
        }
    }

    /// What the tools of Debian 12 print.
    void oursReadWhatTheToolsPrint_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<double>("figure");
        QTest::newRow("sysbench 1.0.20 cpu")
            << QStringLiteral("sysbench-cpu")
            << QByteArray(
                   "CPU speed:\n    events per second:  4209.16\n\nGeneral statistics:\n    total time: 1.0003s\n")
            << 4209.16;
        QTest::newRow("sysbench 1.0.20 memory")
            << QStringLiteral("sysbench-memory")
            << QByteArray("Total operations: 6407101 (6402768.21 per second)\n\n6256.93 MiB transferred (6252.70 "
                          "MiB/sec)\n")
            << 6252.70;
        QTest::newRow("fio 3.33") << QStringLiteral("fio-randread")
                                  << QByteArray(
                                         "\"read\" : {\n \"io_bytes\" : 108945408,\n \"iops\" : 13292.353823,\n "
                                         "\"slat_ns\" : {\n \"min\" : 0 } },\n \"write\" : {\n \"iops\" : 0.000000 }")
                                  << 13292.353823;
        QTest::newRow("iperf3 3.12")
            << QStringLiteral("iperf3-loopback")
            << QByteArray(
                   "[  5]   0.00-1.00   sec  2.08 GBytes  17844 Mbits/sec    0             sender\n"
                   "[  5]   0.00-1.00   sec  2.08 GBytes  17770 Mbits/sec                  receiver\n\niperf Done.\n")
            << 17770.0;
        QTest::newRow("wrk 4.1.0") << QStringLiteral("wrk-http")
                                   << QByteArray("Requests/sec:   1091.98\nTransfer/sec:    554.52KB\n") << 1091.98;
    }
    void oursReadWhatTheToolsPrint()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, output);
        QFETCH(double, figure);
        const auto known = readWorkDefinitions("/nowhere");
        CommandOutcome outcome;
        outcome.output = output.toStdString();
        const Figure found = readWorkFigure(*known.find(name)->figure, outcome);
        QVERIFY2(found.value, qPrintable(found.missing));
        QCOMPARE(*found.value, figure);
    }

    /// wrk 4.1.0 ends with status 0 in all of these.
    void oursHearOfAFailure_data()
    {
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<QString>("told");
        const QByteArray end = "Requests/sec:   2373.48\nTransfer/sec:    535.65KB\n";
        QTest::newRow("good") << "  4967 requests in 1.00s, 2.93MB read\n" + end << QString();
        QTest::newRow("slow") << "  9 requests in 5.00s, 2.93MB read\n  Socket errors: connect 0, read 0, write 0, "
                                 "timeout 8\n"
                + end << QString();
        QTest::newRow("no such page") << "  2378 requests in 1.00s, 536.67KB read\n  Non-2xx or 3xx responses: 2378\n"
                + end << QStringLiteral("Non-2xx or 3xx responses: 2378");
        QTest::newRow("not all connected") << "  2378 requests in 1.00s, 5KB read\n  Socket errors: connect 7, read 0, "
                                              "write 0, timeout 0\n"
                + end << QStringLiteral("Socket errors: connect 7, read 0, write 0, timeout 0");
        QTest::newRow("no answer") << QByteArray(
            "  0 requests in 1.10s, 0.00B read\n  Socket errors: connect 0, read 0, "
            "write 76432, timeout 0\nRequests/sec:      0.00\n")
                                   << QStringLiteral("0 requests in 1.10s, 0.00B read");
    }
    void oursHearOfAFailure()
    {
        QFETCH(QByteArray, output);
        QFETCH(QString, told);
        CommandOutcome outcome;
        outcome.output = output.toStdString();
        const auto known = readWorkDefinitions("/nowhere");
        QCOMPARE(readToldFailure(known.find(QStringLiteral("wrk-http"))->failure, outcome).value_or(QString()), told);
    }

    void aPersonsTakesThePlaceOfOurs()
    {
        write("mine.json", kWhole);
        write("other.json", "{\"name\": \"sysbench-cpu\", \"title\": \"mine\", \"command\": [\"c\"]}");
        const auto known = readWorkDefinitions(folder());
        QVERIFY(known.refused.empty());
        QCOMPARE(known.find(QStringLiteral("sysbench-cpu"))->title, QStringLiteral("mine"));
        QCOMPARE(known.find(QStringLiteral("tiny-bench"))->origin, WorkDefinition::Origin::Person);
    }

    void namesTheFileThatCannotBeUsed()
    {
        write("bad.json", "{");
        write("large.json", QByteArray(static_cast<qsizetype>(kWorkDefinitionLimitBytes) + 1, ' '));
        write("first.json", kWhole);
        write("second.json", kWhole);
        write("notes.txt", "{");
        QCOMPARE(::mkfifo((folder() + "/fifo.json").c_str(), 0600), 0);
        const auto known = readWorkDefinitions(folder());
        QCOMPARE(known.refused.size(), std::size_t(4));
        for (const char* name : { "bad.json", "large.json", "second.json", "fifo.json" }) {
            const bool isNamed = std::any_of(known.refused.begin(), known.refused.end(),
                [name](const Error& error) { return error.message.find(name) != std::string::npos; });
            QVERIFY2(isNamed, name);
        }
        QVERIFY(known.find(QStringLiteral("tiny-bench")) != nullptr);
    }

    void becomesWork()
    {
        const auto work = comparedWork(*parseWorkDefinition(kWhole));
        QCOMPARE(work.commandText, QStringLiteral("tinybench --turns 10"));
        QVERIFY2(
            work.sentence().startsWith(QStringLiteral("tiny-bench: turns of a loop")), qPrintable(work.sentence()));
        QCOMPARE(work.scale->unit, QStringLiteral("turns/s"));
    }

    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

private:
    std::string folder() const { return m_folder->path().toStdString(); }
    void write(const char* name, const QByteArray& text) const
    {
        QVERIFY(writeFileAtomically(folder() + '/' + name, text.toStdString()));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(WorkDefinitionTest)
#include "work_definition_test.moc"
