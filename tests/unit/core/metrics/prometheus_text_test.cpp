// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/prometheus_text.h"

#include "core/metrics/metric_catalogue.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace twinhull;

class PrometheusTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesFigureWorkloadAndWhoSaysIt()
    {
        const QByteArray text = prometheusText(frame(), nameOf);
        QVERIFY(text.contains("\ntwinhull_cpu_cores{kind=\"container\",name=\"web\",id=\"k\",view=\"host\"} 0.25\n"));
        QVERIFY(text.contains("\ntwinhull_guest_memory_used_bytes{kind=\"container\",name=\"web\",id=\"k\",view="
                              "\"host\"} 5\n")); // its cgroup
        auto seen = frame();
        seen.points.front().id.kind = WorkloadKind::Vm;
        QVERIFY(prometheusText(seen, nameOf)
                    .contains("guest_memory_used_bytes{kind=\"vm\",name=\"web\",id=\"k\",view=\"guest\"} 5\n"));
        QVERIFY(text.contains("\ntwinhull_host_cpu_share 0.5\n"));
    }

    void leavesOutWhatCouldNotBeRead()
    {
        const QByteArray text = prometheusText(frame(), nameOf);
        QVERIFY(!text.contains("\ntwinhull_pss_bytes{"));
        QVERIFY(!text.contains("\ntwinhull_own_pss_bytes "));
    }

    void saysWhoseWordTheNetworkIs()
    {
        auto seen = frame();
        seen.points.front()[Metric::NetworkSendRate] = 7.0;
        seen.points.front().isNetworkGuestView = true;
        QVERIFY(prometheusText(seen, nameOf).contains("view=\"guest\"} 7\n"));
    }

    void escapesNames()
    {
        const auto hostile = [](const WorkloadId&) { return QStringLiteral("a\"b\\c\nd"); };
        const QByteArray text = prometheusText(frame(), hostile);
        QVERIFY(text.contains("name=\"a\\\"b\\\\c\\nd\""));
    }

    /// What a rate is the growth of, in seconds, bytes or times, under a name that says so.
    void countsWhatItsRatesAreTheGrowthOf()
    {
        QVERIFY(!prometheusText(frame(), nameOf).contains("counter")); // the sampler was not asked for them
        MetricsFrame counted = frame();
        CounterTotals totals;
        totals[Metric::CpuCores] = 12.5;
        totals[Metric::NetworkSendRate] = 3'000'000'000'000;
        totals[Metric::ContextSwitchRate] = 7;
        totals[Metric::DiskLatency] = 0.25;
        totals.diskRequests = 20;
        totals.oomKills = 1;
        counted.totals.push_back(totals);
        const QByteArray text = prometheusText(counted, nameOf);
        const QByteArray labels = "{kind=\"container\",name=\"web\",id=\"k\",view=\"host\"} ";
        for (const QByteArray& line :
            { "cpu_seconds_total" + labels + "12.5", "network_send_bytes_total" + labels + "3000000000000",
                "context_switches_total" + labels + '7', "disk_request_seconds_total" + labels + "0.25",
                "disk_requests_total" + labels + "20", "oom_kills_total" + labels + '1' })
            QVERIFY2(text.contains("\ntwinhull_" + line + '\n'), line.constData());
        QVERIFY(text.contains("\n# TYPE twinhull_cpu_seconds_total counter\n"));
        QVERIFY(!text.contains("\ntwinhull_kvm_exits_total{")); // nobody counted
    }

    void namesFamiliesAndUnitsAsOpenMetricsHasThem()
    {
        MetricsFrame counted = frame();
        counted.totals.emplace_back()[Metric::CpuCores] = 12.5;
        const QByteArray text = prometheusText(counted, nameOf, PrometheusFormat::OpenMetrics);
        QVERIFY(text.contains("\n# TYPE twinhull_cpu_seconds counter\n# UNIT twinhull_cpu_seconds seconds\n"
                              "twinhull_cpu_seconds_total{"));
        QVERIFY(text.endsWith("\n# EOF\n"));
        QSet<QString> families;
        for (const QString& line : QString::fromUtf8(text).split(u'\n')) {
            if (!line.startsWith(u"# TYPE "))
                continue;
            const QString family = line.section(u' ', 2, 2);
            QVERIFY2(!families.contains(family), qPrintable(family));
            families.insert(family);
        }
    }

    /// The grammar of the format, a line at a time; each figure is headed once.
    void isWrittenByTheRules()
    {
        static const QRegularExpression kLine(
            QStringLiteral("^(# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ "
                           "(gauge|counter)|[a-z_]+(\\{([a-z]+=\"([^\"\\\\]|\\\\.)*\",?)+\\})? [-+0-9.e]+)$"));
        QSet<QString> heads;
        MetricsFrame counted = frame();
        counted.totals.emplace_back()[Metric::CpuCores] = 12.5;
        const QString text = QString::fromUtf8(prometheusText(counted, nameOf));
        QVERIFY(text.endsWith(u'\n'));
        for (const QString& line : text.chopped(1).split(u'\n')) {
            QVERIFY2(kLine.match(line).hasMatch(), qPrintable(line));
            if (line.startsWith(QStringLiteral("# TYPE "))) {
                QVERIFY2(!heads.contains(line), qPrintable(line));
                heads.insert(line);
            }
        }
        QVERIFY(heads.size() >= static_cast<int>(kMetricCount));
    }

private:
    static QString nameOf(const WorkloadId&) { return QStringLiteral("web"); }

    static MetricsFrame frame()
    {
        MetricPoint point;
        point.id = { WorkloadKind::Container, QStringLiteral("k") };
        point[Metric::CpuCores] = 0.25;
        point[Metric::GuestMemoryUsedBytes] = 5.0;
        MetricsFrame frame;
        frame.host[HostMetric::CpuShare] = 0.5;
        frame.points.push_back(point);
        return frame;
    }
};

QTEST_GUILESS_MAIN(PrometheusTextTest)
#include "prometheus_text_test.moc"
