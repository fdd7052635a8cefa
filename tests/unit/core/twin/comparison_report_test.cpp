// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_report.h"

#include "core/twin/comparison_reader.h"
#include "core/twin/figure_rows.h"
#include "core/twin/report_charts.h"
#include "core/twin/startup_bar.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace twinhull;

namespace {

RunFigures run(double startupMs, double memoryBytes, double cpuSeconds)
{
    RunFigures figures;
    figures.startupMilliseconds = Figure::of(startupMs);
    figures.memoryHostBytes = Figure::of(memoryBytes);
    figures.cpuSeconds = Figure::of(cpuSeconds);
    figures.diskBytes = Figure::of(4096);
    figures.workMilliseconds = Figure::absent(QStringLiteral("no <work> was asked for"));
    const std::int64_t start = 5'000'000'000;
    figures.marks = { { QStringLiteral("request"), start }, { QStringLiteral("created"), start + 1'000'000 },
        { QStringLiteral("ready"), start + static_cast<std::int64_t>(startupMs * 1e6) },
        { QStringLiteral("later"), start + 9'000'000'000 } };
    return figures;
}

Comparison emulated()
{
    Comparison comparison;
    comparison.machine
        = { QStringLiteral("6.1.0"), QStringLiteral("Some <CPU>"), 2, 24ULL << 30U, QStringLiteral("tcg"), {} };
    comparison.image = QStringLiteral("twinhull/starter:latest");
    comparison.imageDigest = QStringLiteral("sha256:00");
    comparison.work = QStringLiteral("a & b");
    comparison.wallMilliseconds = 1'700'000'000'000;
    comparison.container.runs = { run(4, 11 << 20, 1), run(6, 11 << 20, 1), run(5, 11 << 20, 1) };
    comparison.vm.runs = { run(1600, 148 << 20, 7), run(1500, 148 << 20, 7), run(1800, 148 << 20, 7) };
    return comparison;
}

Comparison withFigure()
{
    Comparison comparison = emulated();
    comparison.workScale = WorkScale{ QStringLiteral("<b>/s"), Better::Higher, QStringLiteral("x") };
    for (auto& run : comparison.container.runs)
        run.workFigure = Figure::of(912.5);
    for (auto& run : comparison.vm.runs)
        run.workFigure = Figure::absent(QStringLiteral("needs a match"));
    return comparison;
}

/// Where the pieces of that side's bar begin in the picture.
std::vector<double> startsOf(const Chart& chart, QStringView kind)
{
    std::vector<double> starts;
    QXmlStreamReader reader(QStringLiteral("<svg>") + chartElements(chart) + QStringLiteral("</svg>"));
    while (!reader.atEnd()) {
        if (reader.readNextStartElement() && reader.name() == u"rect"
            && reader.attributes().value(QLatin1String("class")) == kind)
            starts.push_back(reader.attributes().value(QLatin1String("x")).toDouble());
    }
    return starts;
}

QJsonObject json(const Comparison& comparison)
{
    return QJsonDocument::fromJson(ComparisonReport(comparison).toJson()).object();
}

} // namespace

class ComparisonReportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jsonHasMediansAndRawRuns()
    {
        const QJsonObject report = json(emulated());
        QCOMPARE(report[u"version"].toInt(), 2);
        const QJsonObject container = report[u"container"].toObject();
        QCOMPARE(container[u"startup_ms"].toDouble(), 5.0);
        QCOMPARE(container[u"runs"].toArray().size(), 3);
        QCOMPARE(container[u"runs"][1][u"startup_ms"].toDouble(), 6.0);
        QCOMPARE(report[u"vm"][u"memory_host_bytes"].toDouble(), double(148 << 20));
        QCOMPARE(report[u"overhead"][u"startup_ms"].toDouble(), 1596.0); // of the rounds, not of the medians
        QCOMPARE(report[u"overhead"][u"cpu_seconds"].toDouble(), 6.0);
    }

    void jsonHasSamplesIntervalsAndTheSeed()
    {
        const QJsonObject report = json(emulated());
        const QJsonObject startup = report[u"figures"][u"startup_ms"].toObject();
        QCOMPARE(startup[u"vm"][u"samples"].toArray(), (QJsonArray{ 1600.0, 1500.0, 1800.0 }));
        QCOMPARE(startup[u"vm"][u"median"].toDouble(), 1600.0);
        QCOMPARE(startup[u"vm"][u"low"].toDouble(), 1500.0);
        QCOMPARE(startup[u"vm"][u"high"].toDouble(), 1800.0);
        QCOMPARE(startup[u"difference"][u"samples"].toArray(), (QJsonArray{ 1596.0, 1494.0, 1795.0 }));
        QCOMPARE(startup[u"ratio"][u"median"].toDouble(), 360.0);
        QCOMPARE(startup[u"finding"].toString(), QStringLiteral("too_few"));
        QCOMPARE(report[u"figures"][u"cpu_seconds"][u"finding"].toString(), QStringLiteral("not_compared"));
        QVERIFY(report[u"figures"][u"work_ms"][u"vm"].isNull());
        QCOMPARE(report[u"statistics"][u"resamples"].toInt(), 2000);
        QVERIFY(report[u"statistics"][u"seed"].toInt() > 0);
        QVERIFY(report[u"verdict"].toString().contains(QStringLiteral("Too little")));
    }

    void textAndPageHaveTheIntervals()
    {
        QVERIFY(ComparisonReport(emulated()).toText().contains(QStringLiteral("1.50 to 1.80 s")));
        QVERIFY(ComparisonReport(emulated()).toHtml().contains(QStringLiteral("1.50 to 1.80 s")));
    }

    void everyFormatHasTheWorksOwnFigure()
    {
        const ComparisonReport report(withFigure());
        const QJsonObject object = QJsonDocument::fromJson(report.toJson()).object();
        QCOMPARE(object[u"work_scale"][u"unit"].toString(), QStringLiteral("<b>/s"));
        QCOMPARE(object[u"work_scale"][u"better"].toString(), QStringLiteral("higher"));
        QCOMPARE(object[u"container"][u"work_figure"].toDouble(), 912.5);
        QVERIFY(object[u"vm"][u"work_figure"].isNull());
        QCOMPARE(object[u"vm"][u"missing"][u"work_figure"].toString(), QStringLiteral("needs a match"));
        QCOMPARE(object[u"figures"][u"work_figure"][u"container"][u"low"].toDouble(), 912.5);
        const QString text = report.toText();
        QVERIFY2(text.contains(QStringLiteral("  912.5 <b>/s")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("Figure of the work: VM: needs a match")), qPrintable(text));
        QVERIFY(report.toHtml().contains(QStringLiteral("912.5 &lt;b&gt;/s")));
        QVERIFY(!report.toHtml().contains(QStringLiteral("<b>")));
        QVERIFY2(report.toCsv().contains("work_figure,container,2,912.5,\"<b>/s\"\n"), report.toCsv());
        QVERIFY2(report.toCsv().contains("cpu_seconds,container,2,1,\n"), report.toCsv());
    }

    void aKindAgainstItselfIsCalledSo()
    {
        Comparison comparison = emulated();
        comparison.bothAs = WorkloadKind::Vm;
        const ComparisonReport report(comparison);
        QCOMPARE(json(comparison)[u"both_as"].toString(), QStringLiteral("vm"));
        QVERIFY(json(emulated())[u"both_as"].isNull());
        const QString text = report.toText();
        QVERIFY2(
            text.contains(QStringLiteral("first VM")) && text.contains(QStringLiteral("second VM")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("7.0 ×")), qPrintable(text)); // emulated on both sides
        QVERIFY(report.toHtml().contains(QStringLiteral("against itself: first VM and second VM")));
        QVERIFY(report.toHtml().contains(QStringLiteral("By chance one of 20 figures")));
    }

    void wideCellsStandApart()
    {
        Comparison comparison = withFigure();
        comparison.workScale->unit = QStringLiteral("million rounds per turn");
        const QString text = ComparisonReport(comparison).toText();
        QVERIFY2(text.contains(QStringLiteral("  912.5 million rounds per turn")), qPrintable(text));
    }

    void worksWithoutAFigureHaveNoneInJson()
    {
        QVERIFY(json(emulated())[u"work_scale"].isNull());
        QVERIFY(!json(emulated())[u"vm"].toObject().contains(u"work_figure"));
    }

    void jsonDescribesTheMachine()
    {
        const QJsonObject machine = json(emulated())[u"machine"].toObject();
        QCOMPARE(machine[u"kernel"].toString(), QStringLiteral("6.1.0"));
        QCOMPARE(machine[u"cpus"].toInt(), 2);
        QCOMPARE(machine[u"acceleration"].toString(), QStringLiteral("tcg"));
        QVERIFY(json(emulated())[u"emulated"].toBool());
    }

    void jsonGivesNullAndAReasonForWhatCouldNotBeRead()
    {
        const QJsonObject vm = json(emulated())[u"vm"].toObject();
        QVERIFY(vm[u"work_ms"].isNull());
        QCOMPARE(vm[u"missing"][u"work_ms"].toString(), QStringLiteral("no <work> was asked for"));
        QVERIFY(!vm[u"missing"].toObject().contains(u"startup_ms"));
        QVERIFY(json(emulated())[u"overhead"][u"missing"].toObject().contains(u"work_ms"));
    }

    void jsonKeepsTheMarksSinceTheRequest()
    {
        const QJsonArray marks = json(emulated())[u"vm"][u"runs"][0][u"marks"].toArray();
        QCOMPARE(marks[0][u"ms"].toDouble(), 0.0);
        QCOMPARE(marks[2][u"name"].toString(), QStringLiteral("ready"));
        QCOMPARE(marks[2][u"ms"].toDouble(), 1600.0);
    }

    void textHasARowForEveryFigure()
    {
        const QString text = ComparisonReport(emulated()).toText();
        for (const auto& row : figureRows())
            QVERIFY2(text.contains(titleOf(row)), row.key);
        QVERIFY(text.contains(QStringLiteral("320 ×")));
        QVERIFY(text.contains(QStringLiteral("no <work> was asked for")));
    }

    void emulatedCpuIsNeverARatio()
    {
        const QString text = ComparisonReport(emulated()).toText();
        QVERIFY(!text.contains(QStringLiteral("7.0 ×")));
        QVERIFY(text.contains(QStringLiteral("emulated")));
        QVERIFY(ComparisonReport(emulated()).toHtml().contains(QStringLiteral("<s>7.0 ×</s>")));
    }

    void hardwareCpuIsARatio()
    {
        Comparison comparison = emulated();
        comparison.machine.acceleration = QStringLiteral("kvm");
        QVERIFY(ComparisonReport(comparison).toText().contains(QStringLiteral("7.0 ×")));
        QVERIFY(!ComparisonReport(comparison).toHtml().contains(QStringLiteral("<s>")));
    }

    void htmlIsOneFileAndEscapesWhatOthersWrote()
    {
        const QString html = ComparisonReport(emulated()).toHtml();
        for (const char* outside : { "src=", "href=", "url(", "@import", "<script" })
            QVERIFY2(!html.contains(QLatin1String(outside)), outside);
        QVERIFY(!html.contains(QStringLiteral("<work>")));
        QVERIFY(html.contains(QStringLiteral("Some &lt;CPU&gt;")));
        QVERIFY(html.contains(QStringLiteral("prefers-color-scheme")));
    }

    void chartsAreWellFormed()
    {
        const QString html = ComparisonReport(emulated()).toHtml();
        int charts = 0;
        for (qsizetype at = html.indexOf(u"<svg"); at >= 0; at = html.indexOf(u"<svg", at + 1), ++charts) {
            QXmlStreamReader reader(html.mid(at, html.indexOf(u"</svg>", at) + 6 - at));
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        }
        QCOMPARE(charts, 3); // nobody asked for work
    }

    void chartsShowTheIntervals()
    {
        const auto charts = comparisonCharts(emulated());
        QCOMPARE(charts.front().bars[1].interval->low, 1500.0);
        QCOMPARE(charts.front().bars[1].interval->high, 1800.0);
        QCOMPARE(ComparisonReport(emulated()).toHtml().count(u"class=\"whisker\""), 6);
        Comparison once = emulated();
        once.container.runs.resize(1);
        QVERIFY(!comparisonCharts(once).front().bars[0].interval); // one run has none
    }

    /// As the window calls them, and in words too: a narrow part has no room for its name.
    void theStartsPhasesAreNamed()
    {
        const ChartBar bar = comparisonCharts(emulated()).front().bars[1];
        QCOMPARE(bar.segments[0].name, QStringLiteral("create"));
        QCOMPARE(bar.segments[1].name, QStringLiteral("entrypoint"));
        QVERIFY2(partsText(bar).startsWith(QStringLiteral("VM: create 1")), qPrintable(partsText(bar)));
        QVERIFY(ComparisonReport(emulated()).toHtml().contains(partsText(bar)));
    }

    /// A VM is defined before the request: left of it, where the container's bar begins, and not counted.
    void theDefinitionStandsBeforeTheRequest()
    {
        Comparison comparison = emulated();
        for (RunFigures& each : comparison.vm.runs)
            each.definitionMilliseconds = 200;
        const Chart chart = comparisonCharts(comparison).front();
        const ChartBar& bar = chart.bars[1];
        QCOMPARE(bar.value, 1600.0);
        QCOMPARE(bar.segments[0].name, QStringLiteral("define"));
        QCOMPARE(bar.segments[0].startMilliseconds, -200.0);
        QCOMPARE(bar.segments[1].startMilliseconds, 0.0);
        QVERIFY(chart.note.contains(QStringLiteral("before the request")));
        QCOMPARE(startsOf(chart, u"vm")[1], startsOf(chart, u"container")[0]);
        QVERIFY(startsOf(chart, u"vm")[0] < startsOf(chart, u"container")[0]);
        QVERIFY(ComparisonReport(comparison).toHtml().contains(QStringLiteral("VM: define 200")));
        const auto report = json(comparison);
        QCOMPARE(report[u"vm"][u"runs"][0][u"definition_ms"].toDouble(), 200.0);
        QVERIFY(report[u"container"][u"runs"][0][u"definition_ms"].isNull());
        const auto read = readComparison(ComparisonReport(comparison).toJson());
        QVERIFY(read);
        QCOMPARE(read->vm.runs[0].definitionMilliseconds, std::optional(200.0));
        QVERIFY(!read->container.runs[0].definitionMilliseconds);
    }

    void chartsShowTheWorksOwnFigure()
    {
        const auto charts = comparisonCharts(withFigure());
        QCOMPARE(charts.back().bars[0].figure, QStringLiteral("912.5 <b>/s"));
        QCOMPARE(charts.back().bars[1].figure, QStringLiteral("needs a match"));
        QVERIFY(charts.back().note.contains(QStringLiteral("higher is better")));
    }

    void thePictureIsWellFormedAndEscaped()
    {
        const QString svg = ComparisonReport(withFigure()).toSvg();
        QXmlStreamReader reader(svg);
        while (!reader.atEnd())
            reader.readNext();
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QVERIFY(svg.contains(QStringLiteral("912.5 &lt;b&gt;/s")));
        QVERIFY(svg.contains(QStringLiteral("Too little was measured")));
    }

    void barsShowTheRunNearestToTheMedian()
    {
        const Comparison comparison = emulated();
        const RunFigures* nearest = medianStartup(comparison.vm);
        QVERIFY(nearest != nullptr);
        QCOMPARE(nearest->startupMilliseconds.value, 1600.0);
        const auto segments = startupSegments(*nearest);
        QCOMPARE(segments.size(), std::size_t(2)); // what comes after "ready" is no start-up
        QCOMPARE(segments[1].name, QStringLiteral("ready"));
        QCOMPARE(segments[1].startMilliseconds, 1.0);
        QCOMPARE(segments[1].milliseconds, 1599.0);
    }

    void aComparisonWithoutRunsIsAReportOfReasons()
    {
        const ComparisonReport report{ Comparison() };
        QVERIFY(QJsonDocument::fromJson(report.toJson()).object()[u"vm"][u"startup_ms"].isNull());
        QVERIFY(report.toText().contains(QStringLiteral("not measured")));
        QVERIFY(report.toHtml().contains(QStringLiteral("not measured")));
    }

    void writesByTheEndingOfTheName()
    {
        const QTemporaryDir folder;
        const ComparisonReport report(emulated());
        QVERIFY(report.write(folder.filePath(QStringLiteral("a.json"))));
        QVERIFY(report.write(folder.filePath(QStringLiteral("a.html"))));
        QFile file(folder.filePath(QStringLiteral("a.json")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), report.toJson());
        const auto refused = report.write(folder.filePath(QStringLiteral("a.pdf")));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        QVERIFY(!refused.error().hint.empty());
    }
};

QTEST_GUILESS_MAIN(ComparisonReportTest)
#include "comparison_report_test.moc"
