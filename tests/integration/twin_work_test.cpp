// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/twin/figure_rows.h"
#include "tests/support/ctl.h"
#include "tests/support/image_archive.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/program_layer.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <future>
#include <map>

using namespace twinhull;
using test::ctl;

namespace {

constexpr const char* kImage = "test/tools:1";
constexpr const char* kKnownToolsImage = "test/known-tools:1";

/// Stands for sysbench: a tool in an image that tells its own figure, after a preparation that it needs.
constexpr const char* kTinyBench = R"(#!/bin/sh
read turns < /tmp/turns || exit 9
i=0; while [ $i -lt "$turns" ]; do i=$((i + 1)); done
echo "turns:    $i"
)";

constexpr const char* kDefinition = R"json({"name": "tiny-bench", "title": "turns of a loop", "needs": "tinybench",
    "prepare": ["sh", "-c", "echo 300 > /tmp/turns"], "command": ["tinybench"], "clean_up": ["rm", "/tmp/turns"],
    "caches": "no file is read", "figure": {"pattern": "turns:\\s*([0-9]+)", "unit": "turns", "better": "higher"}})json";

} // namespace

/// Works of a comparison in real halves: definitions of a person's own.
class TwinWorkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto ready = test::prepareGuests();
        QVERIFY2(ready, ready ? "" : ready.error().message.c_str());
        loadTools();
        loadKnownTools();
        QVERIFY(makeFolders(m_world.folders().workloads()));
        QVERIFY(writeFileAtomically(m_world.folders().workloads() + "/tiny.json", kDefinition));
    }

    void cleanup() { QVERIFY(ctl({ "list", "-q" }).out.isEmpty()); }

    void listsWhatIsKnown()
    {
        const auto list = ctl({ "compare", "--list-workloads", "--json" });
        QVERIFY2(list.exitCode == 0, qPrintable(list.text()));
        QStringList origins;
        for (const auto& line : list.json().array()) {
            const QString name = line[u"name"].toString();
            if (name == u"cpu" || name == u"sysbench-cpu" || name == u"tiny-bench")
                origins << line[u"origin"].toString() + u' ' + line[u"unit"].toString();
        }
        QCOMPARE(origins,
            (QStringList{ QStringLiteral("built-in million rounds/s"), QStringLiteral("shipped events/s"),
                QStringLiteral("own turns") }));
        QVERIFY(ctl({ "compare", "--list-workloads" }).out.contains("turns of a loop"));
    }

    void measuresADefinitionOfAPersonsOwn()
    {
        const auto run = compare({ "--workload", "tiny-bench" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        QVERIFY2(report[u"work"].toString().startsWith(u"tiny-bench: turns of a loop"), qPrintable(run.text()));
        QVERIFY(report[u"caches"].toString().endsWith(u"; no file is read"));
        for (const auto half : { u"container", u"vm" })
            QCOMPARE(report[half][u"work_figure"].toDouble(), 300.0);
    }

    void saysThatTheToolIsNotInTheImage()
    {
        const auto run = compare({ "--workload", "sysbench-cpu" });
        QCOMPARE(run.exitCode, 3);
        QVERIFY2(run.err.contains("needs sysbench, which is not in the image"), qPrintable(run.text()));
    }

    void saysWhatIsWrongWithADefinition()
    {
        const std::string file = m_world.folders().workloads() + "/bad.json";
        QVERIFY(writeFileAtomically(file, R"({"name": "bad", "title": "t", "command": ["c"], "comand": []})"));
        const auto run = compare({ "--workload", "bad" });
        QVERIFY(removeTree(file));
        QCOMPARE(run.exitCode, 2);
        QVERIFY2(run.err.contains("bad.json: \"comand\" is not known"), qPrintable(run.text()));
    }

    /// Over the network that each side really has: slirp4netns or pasta, QEMU's own.
    void measuresTheNetwork_data()
    {
        QTest::addColumn<QString>("work");
        for (const char* name : { "network-throughput", "network-latency", "network-connect" })
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void measuresTheNetwork()
    {
        QFETCH(QString, work);
        const auto run = compare({ "--workload", work.toStdString() });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        for (const auto half : { u"container", u"vm" }) {
            QVERIFY2(report[half][u"work_figure"].toDouble() > 0, qPrintable(run.text()));
            QVERIFY2(work != u"network-latency"
                    || report[half][u"work_p95"].toDouble() >= report[half][u"work_figure"].toDouble(),
                qPrintable(run.text()));
        }
        tellsThePath(report);
    }

    void countsRequests()
    {
        QCOMPARE(ctl({ "images", "starter" }).exitCode, 0);
        const auto run = ctl(
            { "compare", "--repeat", "1", "--warm-up", "0", "--json", "--workload", "http-rate:8080/", "starter" },
            std::chrono::minutes(5));
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        QCOMPARE(report[u"work_scale"][u"unit"].toString(), QStringLiteral("requests/s"));
        for (const auto half : { u"container", u"vm" }) {
            QVERIFY2(report[half][u"work_figure"].toDouble() > 0, qPrintable(run.text()));
            QVERIFY(report[half][u"work_ms"].toDouble() >= 5000);
            QVERIFY(report[half][u"work_p99"].toDouble() >= report[half][u"work_p95"].toDouble());
        }
    }

    /// The container says itself where it may run; the run's own check looks at QEMU and the helpers.
    void pinsBothSides()
    {
        const auto run = compare({ "--pin=0", "--command",
            "sh -c 'while read k v; do echo $k $v; done < "
            "/proc/self/status'",
            "--figure", "Cpus_allowed_list: ([0-9]+)$" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        QVERIFY2(report[u"container"][u"work_figure"].isDouble(), qPrintable(run.text()));
        QCOMPARE(report[u"container"][u"work_figure"].toDouble(), 0.0);
        QString pinning;
        for (const auto& fact : report[u"machine"][u"facts"].toArray())
            pinning += fact[u"key"].toString() == u"pinning" ? fact[u"value"].toString() : QString();
        QVERIFY2(pinning.contains(u"on the processors 0 alone"), qPrintable(pinning));
        QCOMPARE(compare({ "--pin=8191" }).exitCode, 2);
    }

    /// What else the computer does may have met one side alone, so a side may be named; but what is found follows from
    /// what is told of both, the words follow from what is found, and no reader takes one of them for a VM.
    void saysOfAKindAgainstItselfWhatItsSamplesSay()
    {
        const auto run
            = ctl({ "compare", "--a-a", "container", "--repeat", "6", "--json", "--command",
                      "sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done'", kImage, "sleep", "1000" },
                std::chrono::minutes(5));
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        QCOMPARE(report[u"both_as"].toString(), QStringLiteral("container"));
        QVERIFY(report[u"machine"][u"acceleration"].isNull());
        const QString verdict = report[u"verdict"].toString();
        for (const FigureRow& row : figureRows()) {
            const QJsonValue figure = report[u"figures"][QLatin1String(row.key)];
            QCOMPARE(figure[u"difference"][u"samples"].toArray().size(), 6);
            const bool isPlain = isApart(figure[u"container"], figure[u"vm"])
                && (figure[u"difference"][u"low"].toDouble() > 0 || figure[u"difference"][u"high"].toDouble() < 0);
            const QString finding = figure[u"finding"].toString();
            const bool isNamed = finding == u"more" || finding == u"less";
            const bool isTakenBack = figure[u"reason"].toString().contains(u"chance among");
            QVERIFY2(isNamed == (isPlain && !isTakenBack), qPrintable(run.text()));
            QVERIFY2(!isNamed || (finding == u"more") == (figure[u"difference"][u"low"].toDouble() > 0),
                qPrintable(run.text()));
            QVERIFY2(findingSaid(verdict, titleOf(row)) == finding,
                qPrintable(titleOf(row) + QStringLiteral(": ") + verdict));
        }
        QVERIFY2(!verdict.contains(u"the VM"), qPrintable(verdict));
    }

    /// All that is shipped, with the tools of this computer: that they run inside, and that their figures are read from
    /// what they really print. Side by side, for most of the time goes by in waiting; the rows look at what came of it.
    void measuresKnownTools_data()
    {
        QTest::addColumn<QString>("unit");
        std::map<QByteArray, std::future<test::CtlOutput>> runs;
        const auto begin = [&](const char* row, const char* unit, const std::vector<std::string>& options) {
            QTest::newRow(row) << QString::fromLatin1(unit);
            runs[row] = std::async(std::launch::async, [options] { return compareKnown(options, "/srv"); });
        };
        const auto beginInContainers = [&](const char* name, const char* unit) {
            QVERIFY(shorten(name));
            begin(name, unit, { "--a-a", "container", "--workload", name });
        };
        beginInContainers("sysbench-cpu", "events/s");
        beginInContainers("sysbench-memory", "MiB/s");
        beginInContainers("fio-randread", "reads/s");
        beginInContainers("fio-randread-cached", "reads/s");
        beginInContainers("iperf3-loopback", "Mbit/s");
        beginInContainers("wrk-http", "requests/s");
        begin("fio-randread, and in a VM", "reads/s", { "--workload", "fio-randread" });
        for (auto& [row, run] : runs)
            m_known[row] = run.get();
    }
    void measuresKnownTools()
    {
        QFETCH(QString, unit);
        const auto& run = m_known[QTest::currentDataTag()];
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        QCOMPARE(report[u"work_scale"][u"unit"].toString(), unit);
        for (const auto half : { u"container", u"vm" }) {
            QVERIFY2(report[half][u"work_figure"].toDouble() > 0, qPrintable(run.text()));
            QVERIFY2(report[half][u"work_ms"].toDouble() > 900, qPrintable(run.text())); // each works for a second
        }
    }

    /// The built-in loads whose time goes by inside, with a hull each at the same moment; and each file load says how
    /// it goes to its file.
    void measuresBuiltInLoads_data()
    {
        QTest::addColumn<QString>("unit");
        std::map<QByteArray, std::future<test::CtlOutput>> runs;
        for (const char* name : { "memory", "file-cached", "file-direct" }) {
            QTest::newRow(name) << QStringLiteral("MiB/s");
            runs[name] = std::async(std::launch::async, [name] { return compare({ "--workload", name }); });
        }
        for (auto& [row, run] : runs)
            m_builtIn[row] = run.get();
    }
    void measuresBuiltInLoads()
    {
        QFETCH(QString, unit);
        const auto& run = m_builtIn[QTest::currentDataTag()];
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto report = run.json().object();
        QCOMPARE(report[u"work_scale"][u"unit"].toString(), unit);
        for (const auto half : { u"container", u"vm" }) {
            QVERIFY2(report[half][u"work_figure"].toDouble() > 0, qPrintable(run.text()));
            QVERIFY(report[half][u"work_ms"].toDouble() > 0);
        }
    }

    /// A server that finds no page answers as quickly as one that does, and wrk counts both.
    void saysThatAToolToldOfAFailure()
    {
        const auto run = compareKnown({ "--a-a", "container", "--workload", "wrk-http" }, "/tmp");
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.err.contains("says that it failed: Non-2xx or 3xx responses: "), qPrintable(run.text()));
    }

private:
    static bool isApart(const QJsonValue& one, const QJsonValue& other)
    {
        return one[u"high"].toDouble() < other[u"low"].toDouble() || other[u"high"].toDouble() < one[u"low"].toDouble();
    }

    /// What the one sentence of a verdict that speaks of a figure says of it.
    static QString findingSaid(const QString& verdict, const QString& title)
    {
        const std::pair<const char*, const char*> words[]
            = { { "takes more than the first container", "more" }, { "takes less than the first container", "less" },
                  { "No difference is shown", "not_shown" }, { "Neither side is named", "uncertain" } };
        QStringList found;
        for (const QString& sentence : verdict.split(QStringLiteral(". "))) {
            for (const auto& [phrase, finding] : words) {
                if (sentence.contains(QLatin1String(phrase)) && sentence.contains(title, Qt::CaseInsensitive))
                    found << QLatin1String(finding);
            }
        }
        return found.join(u' ');
    }

    /// One of ours with a second of work and a small file, as one of the person's own in its place.
    bool shorten(const std::string& name) const
    {
        QFile file(QStringLiteral(TH_SOURCE_DIR "/resources/workloads/%1.json").arg(QString::fromStdString(name)));
        if (!file.open(QIODevice::ReadOnly))
            return false;
        const QString whole = QString::fromUtf8(file.readAll());
        QString text = whole;
        text.replace(
            QRegularExpression(QStringLiteral("(?<=--time=|--runtime=|-d|\"--time\", \")[0-9]+")), QStringLiteral("1"));
        const bool isShort = text != whole;
        text.replace(QRegularExpression(QStringLiteral("(?<=--size=)[0-9]+M")), QStringLiteral("8M"));
        return isShort && writeFileAtomically(m_world.folders().workloads() + "/" + name + ".json", text.toStdString());
    }

    /// In the image of known tools, whose own program serves that folder on port 80.
    static test::CtlOutput compareKnown(std::vector<std::string> options, const std::string& folder)
    {
        options.insert(options.begin(), { "compare", "--repeat", "1", "--warm-up", "0", "--json" });
        options.insert(options.end(), { kKnownToolsImage, "httpd", "-f", "-p", "80", "-h", folder });
        return ctl(options, std::chrono::minutes(4));
    }

    void loadKnownTools() const
    {
        test::TarBuilder layer;
        const auto added = test::addPrograms(layer, { "sysbench", "fio", "iperf3", "wrk" });
        QVERIFY2(added, added ? "" : added.error().message.c_str());
        layer.folder("srv/").file("srv/index.html", "<p>here</p>");
        addBusybox(layer, { "httpd", "rm" });
        loadImage(kKnownToolsImage, layer);
    }

    static void addBusybox(test::TarBuilder& layer, const std::vector<std::string>& applets)
    {
        const auto busybox = readFile("/bin/busybox");
        QVERIFY(busybox);
        layer.add({ "bin/busybox", '0', *busybox, {}, 0755 }).add({ "tmp/", '5', {}, {}, 01777 });
        for (const auto& applet : applets)
            layer.add({ "bin/" + applet, '2', {}, "busybox" });
    }

    void loadImage(const char* name, const test::TarBuilder& layer) const
    {
        const std::string archive = m_world.path(QStringLiteral("image.tar")).toStdString();
        QVERIFY(writeFileAtomically(archive, test::dockerArchive(name, { layer.build() })));
        QCOMPARE(ctl({ "images", "load", archive }).exitCode, 0);
        QVERIFY(removeTree(archive));
    }

    /// Who asked, and what carried it on either side.
    static void tellsThePath(const QJsonObject& report)
    {
        QString path;
        for (const auto& fact : report[u"machine"][u"facts"].toArray()) {
            if (fact[u"key"].toString() == u"network_path")
                path = fact[u"value"].toString();
        }
        const bool hasHelper
            = path.contains(u"container: through slirp4netns") || path.contains(u"container: through pasta");
        QVERIFY2(hasHelper && path.contains(u"VM: through QEMU's user network"), qPrintable(path));
    }

    void loadTools() const
    {
        test::TarBuilder layer;
        layer.folder("bin/");
        addBusybox(layer, { "sh", "rm", "sleep", "true" });
        layer.add({ "bin/tinybench", '0', kTinyBench, {}, 0755 });
        loadImage(kImage, layer);
    }

    /// One round of it in the image of tools.
    static test::CtlOutput compare(std::vector<std::string> options)
    {
        std::vector<std::string> words{ "compare", "--repeat", "1", "--warm-up", "0", "--json" };
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { kImage, "sleep", "1000" });
        return ctl(words, std::chrono::minutes(5));
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    std::map<QByteArray, test::CtlOutput> m_builtIn; ///< likewise of the loads of this program
    std::map<QByteArray, test::CtlOutput> m_known; ///< what the comparisons of known tools said, by row
};

QTEST_GUILESS_MAIN(TwinWorkTest)
#include "twin_work_test.moc"
