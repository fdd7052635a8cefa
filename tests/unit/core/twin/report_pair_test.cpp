// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report_pair.h"

#include "core/twin/comparison_reader.h"
#include "core/twin/comparison_report.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;

namespace {

Comparison comparison(double scale, int rounds = 8)
{
    Comparison made;
    made.image = QStringLiteral("web");
    made.work = QStringLiteral("one request");
    made.warmUpRounds = 1;
    made.caches = QStringLiteral("warm");
    made.machine.kernel = QStringLiteral("6.1.0");
    made.machine.acceleration = QStringLiteral("tcg");
    made.machine.facts
        = { { QStringLiteral("governor"), QStringLiteral("Frequency governor"), {}, QStringLiteral("needs cpufreq") } };
    for (int round = 0; round < rounds; ++round) {
        RunFigures run;
        run.startupMilliseconds = Figure::of(100 + round % 4);
        run.marks = { { QStringLiteral("request"), 7'000'000 }, { QStringLiteral("ready"), 8'500'000 } };
        run.memoryHostBytes = Figure::of(1 << 20);
        run.cpuSeconds = Figure::of(1);
        run.workMilliseconds = Figure::absent(QStringLiteral("no work"));
        run.diskBytes = Figure::of(4096);
        made.container.runs.push_back(run);
        run.startupMilliseconds = Figure::of((1000 + round % 4) * scale);
        made.vm.runs.push_back(run);
    }
    return made;
}

Comparison withFigure(double value)
{
    Comparison made = comparison(1);
    made.workScale = WorkScale{ QStringLiteral("events/s"), Better::Lower, QStringLiteral("x") };
    for (auto& run : made.container.runs)
        run.workFigure = Figure::of(value);
    for (auto& run : made.vm.runs)
        run.workFigure = Figure::absent(QStringLiteral("needs a match"));
    return made;
}

QJsonObject pairOf(const Comparison& first, const Comparison& second)
{
    const ReportPair pair(QStringLiteral("a.json"), first, QStringLiteral("b.json"), second);
    return QJsonDocument::fromJson(pair.toJson()).object();
}

} // namespace

class ReportPairTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatWasWritten()
    {
        const auto read = readComparison(ComparisonReport(comparison(1)).toJson());
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->container.runs.size(), std::size_t(8));
        QCOMPARE(read->vm.median(&RunFigures::startupMilliseconds).value, 1001.5);
        QCOMPARE(read->vm.runs.front().workMilliseconds.missing, QStringLiteral("no work"));
        QCOMPARE(read->machine.facts.front().needs, QStringLiteral("needs cpufreq"));
        QCOMPARE(read->warmUpRounds, 1);
        QCOMPARE(read->vm.runs.front().marks,
            (std::vector<StartupMark>{ { QStringLiteral("request"), 0 }, { QStringLiteral("ready"), 1'500'000 } }));
        QVERIFY(read->isEmulated());
    }

    void readsBackTheWorksOwnFigure()
    {
        const Comparison written = withFigure(5);
        const auto read = readComparison(ComparisonReport(written).toJson());
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->workScale, written.workScale);
        QCOMPARE(read->container.median(&RunFigures::workFigure).value, 5.0);
        QCOMPARE(read->vm.runs.front().workFigure.missing, QStringLiteral("needs a match"));
    }

    void readsBackAKindAgainstItself()
    {
        Comparison written = comparison(1);
        written.bothAs = WorkloadKind::Container;
        const auto read = readComparison(ComparisonReport(written).toJson());
        QVERIFY(read && read->bothAs == WorkloadKind::Container);
        const auto pair = pairOf(comparison(1), written);
        QCOMPARE(pair[u"differences"][0].toString(),
            QStringLiteral("Sides: container and VM; then first container and second container"));
    }

    void comparesTheWorksOwnFigureWhereItMeansTheSame()
    {
        const auto object = pairOf(withFigure(5), withFigure(6));
        QCOMPARE(object[u"container"][u"work_figure"][u"finding"].toString(), QStringLiteral("more"));
        Comparison other = withFigure(6);
        other.workScale->unit = QStringLiteral("s");
        const auto apart = pairOf(withFigure(5), other);
        QVERIFY(!apart[u"container"].toObject().contains(u"work_figure"));
        QCOMPARE(apart[u"differences"][0].toString(),
            QStringLiteral("Figure of the work: in events/s, where x matches; then in s, where x matches"));
    }

    void readsVersion1()
    {
        const QByteArray json = R"({"format": "twinhull-comparison", "version": 1, "image": "web", "work": "w",
            "machine": {"kernel": "6.1.0", "acceleration": "kvm"},
            "container": {"runs": [{"startup_ms": 4, "missing": {}}]},
            "vm": {"runs": [{"startup_ms": null, "missing": {"startup_ms": "no agent"}}]}})";
        const auto read = readComparison(json);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->container.median(&RunFigures::startupMilliseconds).value, 4.0);
        QCOMPARE(read->vm.median(&RunFigures::startupMilliseconds).missing, QStringLiteral("no agent"));
    }

    void takesNoControlCharactersFromAStranger()
    {
        const QByteArray json
            = R"({"format": "twinhull-comparison", "version": 2, "image": "a\u001b[2Jb", "work": "\u0007w",
            "machine": {"kernel": "6\n1", "facts": [{"key": "k", "title": "T\u001b]0;x", "value": "v\r"}]},
            "container": {"runs": [{"startup_ms": null, "missing": {"startup_ms": "no\u009bm"}}]}, "vm": {"runs": []}})";
        const auto read = readComparison(json);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        const ReportPair pair(QStringLiteral("a"), *read, QStringLiteral("b"), comparison(1));
        const QString text = pair.toText() + ComparisonReport(*read).toText();
        QVERIFY2(text.contains(QStringLiteral("a[2Jb")), qPrintable(text));
        QVERIFY(std::all_of(text.begin(), text.end(), [](QChar c) { return c == u'\n' || c.isPrint(); }));
    }

    void survivesFiguresThatNobodyMeasured()
    {
        const QByteArray json = R"({"format": "twinhull-comparison", "version": 2, "machine": {"memory_bytes": 1e300},
            "container": {"runs": [{"startup_ms": 1e300, "cpu_seconds": -1e18, "disk_bytes": 1e18}]}, "vm": {"runs": [
            {"startup_ms": 5, "marks": [{"name": "request", "ms": -1e300}, {"name": "ready", "ms": 1e300}]}]}})";
        const auto read = readComparison(json);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(!read->container.runs.front().startupMilliseconds.value);
        const ComparisonReport report(*read);
        QVERIFY(!report.toText().isEmpty() && !report.toHtml().isEmpty() && !report.toSvg().isEmpty());
        QVERIFY(!report.toJson().isEmpty());
    }

    void refusesWhatIsNoReport_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("{");
        QTest::newRow("other format") << QByteArray(R"({"format": "twinhull-readings", "version": 1})");
        QTest::newRow("later version") << QByteArray(R"({"format": "twinhull-comparison", "version": 3})");
        QTest::newRow("no runs") << QByteArray(R"({"format": "twinhull-comparison", "version": 2})");
        QTest::newRow("runs of another type")
            << QByteArray(R"({"format": "twinhull-comparison", "version": 2, "container": {"runs": 1}, "vm": []})");
    }

    void refusesWhatIsNoReport()
    {
        QFETCH(QByteArray, json);
        const auto read = readComparison(json);
        QVERIFY(!read);
        QVERIFY(!read.error().hint.empty());
    }

    void theSameTwiceNamesNobody()
    {
        const QJsonObject pair = pairOf(comparison(1), comparison(1));
        QCOMPARE(pair[u"vm"][u"startup_ms"][u"finding"].toString(), QStringLiteral("not_shown"));
        QCOMPARE(pair[u"differences"].toArray().size(), 0);
    }

    void aDifferenceIsNamedOnItsSideAlone()
    {
        const QJsonObject pair = pairOf(comparison(1), comparison(1.1));
        QCOMPARE(pair[u"vm"][u"startup_ms"][u"finding"].toString(), QStringLiteral("more"));
        QCOMPARE(pair[u"container"][u"startup_ms"][u"finding"].toString(), QStringLiteral("not_shown"));
        const QString text = pair[u"verdict"][u"vm"].toString();
        QVERIFY2(text.contains(QStringLiteral("the VM of b.json takes more than the VM of a.json")), qPrintable(text));
        QCOMPARE(pair[u"vm"][u"cpu_seconds"][u"finding"].toString(), QStringLiteral("not_compared")); // emulated
    }

    void fewRoundsNameNobody()
    {
        const QJsonObject pair = pairOf(comparison(1, 8), comparison(9, 3));
        QCOMPARE(pair[u"vm"][u"startup_ms"][u"finding"].toString(), QStringLiteral("too_few"));
    }

    void namesWhatElseWasDifferent()
    {
        Comparison later = comparison(1);
        later.machine.kernel = QStringLiteral("6.6.0");
        later.machine.facts.front().value = QStringLiteral("performance");
        const ReportPair pair(QStringLiteral("a"), comparison(1), QStringLiteral("b"), later);
        const QString text = pair.toText();
        QVERIFY2(text.contains(QStringLiteral("Kernel: 6.1.0; then 6.6.0")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("Frequency governor: not told; then performance")), qPrintable(text));
        for (const QString& page : { pair.toHtml(), pair.toSvg() })
            QVERIFY2(page.indexOf(QStringLiteral("Kernel: 6.1.0; then 6.6.0"))
                    < page.indexOf(QStringLiteral("No difference is shown")),
                qPrintable(page)); // what may explain it comes first
    }

    /// Older reports do not tell it.
    void namesAnotherMachineOfTheVms()
    {
        const auto of = [](const char* machine) {
            Comparison made = comparison(1);
            made.machine.facts.push_back({ kVmMachineFact, QStringLiteral("VM machine"), QLatin1String(machine), {} });
            const auto read = readComparison(ComparisonReport(made).toJson());
            return read ? *read : Comparison();
        };
        QCOMPARE(pairOf(of("microvm"), of("microvm"))[u"differences"].toArray().size(), 0);
        QCOMPARE(pairOf(of("microvm"), of("pc-q35-7.2"))[u"differences"].toArray(),
            (QJsonArray{ QStringLiteral("VM machine: microvm; then pc-q35-7.2") }));
        QCOMPARE(pairOf(comparison(1), of("microvm"))[u"differences"].toArray(),
            (QJsonArray{ QStringLiteral("VM machine: not told; then microvm") }));
    }

    void laysFigureByFigure()
    {
        const ReportPair pair(QStringLiteral("a"), comparison(1), QStringLiteral("b"), comparison(1.1));
        const auto rows = pair.rows(&Comparison::vm);
        QCOMPARE(rows.size(), std::size_t(5));
        QCOMPARE(rows[0].title, QStringLiteral("Start to entrypoint"));
        QCOMPARE(rows[0].first.figure, QStringLiteral("1.00 s"));
        QCOMPARE(rows[0].second.figure, QStringLiteral("1.10 s"));
        QVERIFY2(rows[0].difference.figure.startsWith(QStringLiteral("+100")), qPrintable(rows[0].difference.figure));
        QVERIFY(!rows[0].difference.interval.isEmpty());
        QCOMPARE(rows[0].finding, QStringLiteral("more"));
        QCOMPARE(rows[1].finding, QStringLiteral("no difference shown"));
        QVERIFY(rows[2].isStruck && rows[2].difference.figure.isEmpty()); // emulated CPU
        const auto json = pairOf(comparison(1), comparison(1.1));
        QCOMPARE(json[u"vm"][u"startup_ms"][u"first"][u"samples"].toArray().size(), 8);
        QCOMPARE(json[u"vm"][u"work_ms"][u"second"], QJsonValue(QJsonValue::Null));
        const QByteArrayList lines = pair.toCsv().split('\n');
        QCOMPARE(lines[0], QByteArray("figure,side,report,run,value,unit"));
        QCOMPARE(lines[1], QByteArray("startup_ms,container,first,1,100,"));
        QCOMPARE(lines.size(), 1 + 4 * 4 * 8 + 1);
    }

    void saysWhichOfThemWasDisturbed()
    {
        Comparison busy = comparison(1);
        busy.machine.cpus = 2;
        busy.machine.facts.push_back({ kOtherLoadFact, QStringLiteral("Other programs meanwhile"),
            QStringLiteral("75 % of the processors"), {} });
        for (auto& run : busy.vm.runs)
            run.otherCores = Figure::of(1.5);
        const ReportPair pair(QStringLiteral("a"), comparison(1), QStringLiteral("b"), busy);
        QCOMPARE(pair.doubts().size(), 1);
        QVERIFY2(pair.doubts().front().contains(QStringLiteral("while b was measured")), qPrintable(pair.toText()));
        QVERIFY(pair.toHtml().contains(pair.doubts().front()));
    }

    void loadsOfQuietRunsExplainNothing()
    {
        const auto quiet = [](const char* load) {
            Comparison made = comparison(1);
            made.machine.cpus = 2;
            for (auto& run : made.vm.runs)
                run.otherCores = Figure::of(0.1);
            made.machine.facts.push_back(
                { QStringLiteral("load_average"), QStringLiteral("Load average"), QLatin1String(load), {} });
            return made;
        };
        const ReportPair pair(QStringLiteral("a"), quiet("0.1 0 0"), QStringLiteral("b"), quiet("0.2 0 0"));
        QVERIFY2(pair.otherConditions().isEmpty(), qPrintable(pair.toText()));
    }

    void aHostileReportStaysText()
    {
        Comparison hostile = comparison(1.1);
        const QString tag = QStringLiteral("<script>alert(1)</script>\"'&%1%2");
        hostile.image = hostile.work = hostile.caches = hostile.machine.processor = hostile.machine.kernel = tag;
        hostile.workScale = WorkScale{ tag, Better::Higher, tag };
        for (auto& run : hostile.vm.runs) {
            run.workFigure = Figure::of(5);
            run.marks
                = { { QStringLiteral("request"), 0 }, { tag, 1'000'000 }, { QStringLiteral("ready"), 2'000'000 } };
            run.diskBytes = Figure::absent(tag);
        }
        hostile.machine.facts = { { tag, tag, tag, {} } };
        const ReportPair pair(tag, hostile, tag, hostile);
        const ComparisonReport report(hostile);
        for (const QString& text : { pair.toHtml(), pair.toSvg(), report.toHtml(), report.toSvg() }) {
            QVERIFY(!text.contains(QStringLiteral("<script")));
            QVERIFY(!text.contains(QStringLiteral("\"'&%")));
            QVERIFY(text.contains(QStringLiteral("&lt;script&gt;alert(1)&lt;/script&gt;&quot;'&amp;%1%2")));
        }
    }
};

QTEST_GUILESS_MAIN(ReportPairTest)
#include "report_pair_test.moc"
