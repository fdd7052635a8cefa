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

    /// The grammar of the format, a line at a time; each figure is headed once.
    void isWrittenByTheRules()
    {
        static const QRegularExpression kLine(
            QStringLiteral("^(# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ "
                           "gauge|[a-z_]+(\\{([a-z]+=\"([^\"\\\\]|\\\\.)*\",?)+\\})? [-+0-9.e]+)$"));
        QSet<QString> heads;
        const QString text = QString::fromUtf8(prometheusText(frame(), nameOf));
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
