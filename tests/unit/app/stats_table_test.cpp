// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/stats_columns.h"
#include "app/twinhullctl/stats_table.h"
#include "core/metrics/metric_catalogue.h"
#include "core/metrics/metric_legend.h"
#include "tests/support/fake_provider.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

std::vector<Metric> allColumns()
{
    const std::string all[] = { "all" };
    return *statsColumns(all);
}

} // namespace

/// Every figure of the catalogue can be had in the table, and is in JSON and in CSV, with its value or with what it
/// needs.
class StatsTableTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_registry.add(&m_containers);
        const auto web = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        m_containers.put(web);
        m_frame = makeFrame(1'000'000'000, web.id, 0.5, 1024 * 1024);
        for (const Metric metric : { Metric::DiskReadRate, Metric::DiskWriteRate })
            m_frame.points.front()[metric] = Needs::IoRights;
        m_frame.points.front()[Metric::CgroupChargeBytes] = Needs::MemoryController;
        m_frame.host[HostMetric::CpuPressure] = Needs::ProcPressure;
    }

    void hasAColumnForEachFigureWhenAskedForAll()
    {
        const QString heading = statsTable(m_registry, m_frame, allColumns()).section(u'\n', 0, 0);
        for (const MetricRow& row : metricCatalogue())
            QVERIFY2(heading.contains(QLatin1String(row.about.heading)), row.about.key);
    }

    void takesColumnsByHeadingAndByKeyInTheOrderAsked()
    {
        const std::string names[] = { "net_in", "PSS", "cpu_cores" };
        const auto columns = statsColumns(names);
        QVERIFY(bool(columns));
        QCOMPARE(*columns, (std::vector{ Metric::NetworkReceiveRate, Metric::PssBytes, Metric::CpuCores }));
        const QString heading = statsTable(m_registry, m_frame, *columns).section(u'\n', 0, 0);
        QCOMPARE(heading.simplified(), QStringLiteral("NAME KIND NET IN PSS CPU"));
    }

    void listsTheColumnsWhereANameIsWrong()
    {
        const std::string names[] = { "cpu", "speed" };
        const auto columns = statsColumns(names);
        QVERIFY(!bool(columns));
        QCOMPARE(columns.error().code, ErrorCode::InvalidArgument);
        const std::string line = columns.error().toLine();
        for (const char* part : { "speed", "all", "cpu", "disk_read", "guest_cache" })
            QVERIFY2(line.find(part) != std::string::npos, line.c_str());
    }

    /// The widest cells that there are: 16 cores, gigabytes, four digits before a unit, all of them the guest's word.
    void fitsIn100CharactersUnlessAskedForMore()
    {
        WorkloadRegistry registry;
        FakeProvider containers{ WorkloadKind::Container };
        registry.add(&containers);
        const auto info = makeWorkload(WorkloadKind::Container, QString(16, u'w'));
        containers.put(info);
        MetricsFrame frame = makeFrame(1'000'000'000, info.id, 16, 1000ULL << 20);
        MetricPoint& point = frame.points.front();
        point.isNetworkGuestView = true;
        point[Metric::PssBytes] = 1000.0 * (1 << 20);
        for (const Metric metric :
            { Metric::DiskReadRate, Metric::DiskWriteRate, Metric::NetworkReceiveRate, Metric::NetworkSendRate })
            point[metric] = 888e6;
        const QString text = statsTable(registry, frame, usualStatsColumns());
        for (const QString& line : text.split(u'\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
        QVERIFY2(text.contains(u"888 MB/s*") && text.contains(u"* as the guest reports it"), qPrintable(text));
    }

    void saysBelowTheTableWhatAbsentFiguresNeed()
    {
        const std::vector columns{ Metric::CpuCores, Metric::CgroupChargeBytes, Metric::PssBytes, Metric::DiskReadRate,
            Metric::DiskWriteRate };
        const QString text = statsTable(m_registry, m_frame, columns);
        const QString numbers = text.section(u'\n', 1, 1);
        QVERIFY2(numbers.contains(u"50.0 %") && numbers.contains(u"1 MiB"), qPrintable(numbers));
        QVERIFY2(text.contains(QStringLiteral("[1] ") + sentenceFor(Needs::MemoryController)), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("[2] ") + sentenceFor(Needs::IoRights)), qPrintable(text));
        QCOMPARE(numbers.count(u"[2]"), 2); // one sentence for both
        QCOMPARE(text.count(sentenceFor(Needs::IoRights)), 1);
    }

    void tellsWhyItReadsLessOften()
    {
        QCOMPARE(statsJson(m_registry, m_frame, FigureLegend::LeftOut)[u"slowed_by"], QJsonValue());
        MetricsFrame frame = m_frame;
        frame.intervalMilliseconds = 2000;
        frame.pace = PaceReason::BusyComputer;
        const QString text = statsTable(m_registry, frame, usualStatsColumns());
        QVERIFY2(text.endsWith(u"\nReads every 2 s: the computer is busy\n"), qPrintable(text));
        const QJsonObject json = statsJson(m_registry, frame, FigureLegend::LeftOut);
        QCOMPARE(json[u"slowed_by"].toString(), QStringLiteral("busy_computer"));
        QCOMPARE(json[u"interval_ms"].toInt(), 2000);
    }

    void givesAValueOrAReasonInJson()
    {
        const QJsonObject json = statsJson(m_registry, m_frame, FigureLegend::Included);
        const QJsonObject web = json[u"workloads"][0].toObject();
        const QJsonObject missing = web[u"missing"].toObject();
        for (const MetricRow& row : metricCatalogue()) {
            const QLatin1String key(row.about.key);
            QVERIFY2(web[key].isDouble() != missing[key].isString(), row.about.key);
            QVERIFY2(json[u"figures"][key][u"source"].isString(), row.about.key);
        }
        QCOMPARE(missing[u"cgroup_charge_bytes"].toString(), sentenceFor(Needs::MemoryController));
        QCOMPARE(json[u"host"][u"missing"][u"host_cpu_pressure_percent"].toString(), sentenceFor(Needs::ProcPressure));
        QVERIFY(!statsJson(m_registry, m_frame, FigureLegend::LeftOut).contains(u"figures"));
    }

    void leavesAnAbsentFigureEmptyInCsv()
    {
        const QStringList keys = csvHeading().trimmed().split(u',');
        const QStringList cells = csvLines(m_registry, m_frame).chopped(1).split(u',');
        QCOMPARE(cells.size(), keys.size());
        QCOMPARE(cells.at(keys.indexOf(QStringLiteral("cpu_cores"))), QStringLiteral("0.5"));
        QCOMPARE(cells.at(keys.indexOf(QStringLiteral("cgroup_charge_bytes"))), QString());
    }

    void explainsEachFigureWithUnitAndSource()
    {
        const QString text = figureExplanations(allColumns());
        for (const MetricRow& row : metricCatalogue()) {
            const QString head
                = QStringLiteral("%1 (%2)").arg(QLatin1String(row.about.heading), QLatin1String(row.about.key));
            const QString part = text.mid(text.indexOf(head)).section(QStringLiteral("\n    Source"), 0, 0);
            QVERIFY2(part.startsWith(head) && part.contains(QStringLiteral("    Unit: ")), row.about.key);
            QVERIFY2(text.contains(sourceOf(row.about)), row.about.key);
        }
    }

    /// In order, for that is how readers match them.
    void describesEachColumnOfTheCsv()
    {
        const QStringList keys = csvHeading().trimmed().split(u',');
        const auto json = QJsonDocument::fromJson(csvMetadata(QStringLiteral("a.csv"), keys)).object();
        QCOMPARE(json[u"url"].toString(), QStringLiteral("a.csv"));
        const QJsonArray columns = json[u"tableSchema"][u"columns"].toArray();
        QCOMPARE(columns.size(), keys.size());
        for (qsizetype i = 0; i < columns.size(); ++i)
            QCOMPARE(columns[i][u"titles"].toString(), keys[i]);
        const QJsonObject pss = columns[keys.indexOf(QStringLiteral("pss_bytes"))].toObject();
        QCOMPARE(pss[u"schema:unitText"].toString(), QStringLiteral("bytes"));
        QVERIFY(pss[u"dc:source"].toString().contains(u"smaps_rollup"));
    }

    /// A slow spell leaves fewer readings, also when the latest is at its pace again.
    void aFileIsWholeByItsReadingsOrByItsTime()
    {
        using std::chrono::seconds;
        QVERIFY(!isWhole(9, seconds(8), seconds(10)));
        QVERIFY(isWhole(10, seconds(9), seconds(10)));
        QVERIFY(!isWhole(4, std::chrono::milliseconds(9'999), seconds(10)));
        QVERIFY(isWhole(4, seconds(10), seconds(10)));
        QVERIFY(isWhole(1, seconds(0), seconds(1)));
    }

private:
    WorkloadRegistry m_registry;
    FakeProvider m_containers{ WorkloadKind::Container };
    MetricsFrame m_frame;
};

QTEST_GUILESS_MAIN(StatsTableTest)
#include "stats_table_test.moc"
