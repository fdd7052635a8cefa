// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/prometheus_text.h"

#include "core/metrics/metric_catalogue.h"

namespace twinhull {

namespace {

/// Of a label's value; of a help line the same, where a backslash before a quote is harmless in the older format and
/// asked for in the newer.
QByteArray escaped(QByteArray bytes)
{
    return bytes.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
}

QByteArray escaped(const QString& text)
{
    return escaped(text.toUtf8());
}

/// What is counted, as it is named: "cpu_seconds", and in which unit.
struct CounterName {
    QByteArray name;
    QByteArray unit; ///< "seconds", "bytes"; empty: times
};

/// Of the growth that a rate of the catalogue is.
std::optional<CounterName> counterOf(const FigureInfo& figure)
{
    if (figure.kind != MetricKind::Rate)
        return std::nullopt;
    QByteArray stem(figure.key); // ends in its unit
    stem.chop(static_cast<qsizetype>(qstrlen(nameOf(figure.unit))) + 1);
    switch (figure.unit) {
    case MetricUnit::Cores:
    case MetricUnit::Share:
        return CounterName{ stem + "_seconds", "seconds" };
    case MetricUnit::Seconds: // of one request of a disk, the mean: counted are those of all
        return CounterName{ "disk_request_seconds", "seconds" };
    case MetricUnit::BytesPerSecond:
        return CounterName{ stem + "_bytes", "bytes" };
    case MetricUnit::PerSecond:
        return CounterName{ stem, {} };
    default:
        return std::nullopt;
    }
}

class PageWriter {
public:
    explicit PageWriter(PrometheusFormat format) : m_isOpenMetrics(format == PrometheusFormat::OpenMetrics) { }

    void gauge(const FigureInfo& figure)
    {
        head(figure.key, "gauge", QByteArray(figure.meaning) + sourceOf(figure));
        m_sample = QByteArrayLiteral("twinhull_") + figure.key;
    }

    void counter(const CounterName& counter, const QByteArray& help)
    {
        head(m_isOpenMetrics ? counter.name : counter.name + "_total", "counter", help);
        if (m_isOpenMetrics && !counter.unit.isEmpty())
            m_text += "# UNIT twinhull_" + counter.name + ' ' + counter.unit + '\n';
        m_sample = "twinhull_" + counter.name + "_total";
    }

    /// Of the latest head.
    void value(const QByteArray& labels, double value)
    {
        m_text += m_sample + labels + ' ' + QByteArray::number(value, 'g', 15) + '\n';
    }

    QByteArray take()
    {
        if (m_isOpenMetrics)
            m_text += "# EOF\n";
        return std::move(m_text);
    }

    static QByteArray sourceOf(const FigureInfo& figure)
    {
        return QByteArrayLiteral(" Source: ") + figure.source + '.';
    }

private:
    void head(const QByteArray& name, const char* type, const QByteArray& help)
    {
        m_text += "# HELP twinhull_" + name + ' ' + escaped(help) + "\n# TYPE twinhull_" + name + ' ' + type + '\n';
    }

    bool m_isOpenMetrics;
    QByteArray m_text;
    QByteArray m_sample;
};

QByteArray identityOf(const MetricPoint& point, const QString& name)
{
    const char* kind = point.id.kind == WorkloadKind::Container ? "container" : "vm";
    return QByteArrayLiteral("{kind=\"") + kind + "\",name=\"" + escaped(name) + "\",id=\"" + escaped(point.id.key)
        + "\",view=\"";
}

/// Everything of the frame's workloads, the lines of a figure together.
class WorkloadPages {
public:
    WorkloadPages(const MetricsFrame& frame, const std::function<QString(const WorkloadId&)>& nameOf, PageWriter& page)
        : m_frame(frame), m_page(page)
    {
        m_identities.reserve(frame.points.size());
        for (const MetricPoint& point : frame.points)
            m_identities.push_back(identityOf(point, nameOf(point.id)));
    }

    void writeGauge(const MetricRow& row)
    {
        m_page.gauge(row.about);
        for (std::size_t i = 0; i < m_frame.points.size(); ++i) {
            if (const Reading<double>& reading = m_frame.points[i][row.metric])
                m_page.value(labels(i, row.metric), *reading);
        }
    }

    void writeCounter(const MetricRow& row)
    {
        const auto counter = counterOf(row.about);
        if (!counter || m_frame.totals.size() != m_frame.points.size())
            return;
        const QByteArray unit = counter->unit.isEmpty() ? QByteArrayLiteral("times") : counter->unit;
        m_page.counter(*counter,
            "Since its processes began, in " + unit + "; its growth is twinhull_" + row.about.key + ": "
                + row.about.meaning + PageWriter::sourceOf(row.about));
        for (std::size_t i = 0; i < m_frame.points.size(); ++i) {
            if (const auto& total = m_frame.totals[i][row.metric])
                m_page.value(labels(i, row.metric), *total);
        }
    }

    void writeExtra(const CounterName& counter, const char* help, std::optional<double> CounterTotals::*total)
    {
        if (m_frame.totals.size() != m_frame.points.size())
            return;
        m_page.counter(counter, help);
        for (std::size_t i = 0; i < m_frame.points.size(); ++i) {
            if (const auto& value = m_frame.totals[i].*total)
                m_page.value(m_identities[i] + "host\"}", *value);
        }
    }

private:
    QByteArray labels(std::size_t at, Metric metric) const
    {
        return m_identities[at] + (isGuestsWord(m_frame.points[at], metric) ? "guest\"}" : "host\"}");
    }

    const MetricsFrame& m_frame;
    PageWriter& m_page;
    std::vector<QByteArray> m_identities;
};

} // namespace

QByteArray prometheusText(
    const MetricsFrame& frame, const std::function<QString(const WorkloadId&)>& nameOf, PrometheusFormat format)
{
    PageWriter page(format);
    for (const HostMetricRow& row : hostMetricCatalogue()) {
        if (const Reading<double>& reading = frame.host[row.metric]) {
            page.gauge(row.about);
            page.value({}, *reading);
        }
    }
    WorkloadPages workloads(frame, nameOf, page);
    for (const MetricRow& row : metricCatalogue()) {
        workloads.writeGauge(row);
        workloads.writeCounter(row);
    }
    workloads.writeExtra({ "disk_requests", {} },
        "Requests of its virtual disks that were answered: reads, writes and flushes. "
        "twinhull_disk_request_seconds_total is how long they took together. Source: reqs of rd, wr and fl in "
        "libvirt's block statistics.",
        &CounterTotals::diskRequests);
    workloads.writeExtra({ "oom_kills", {} },
        "Processes of it that the kernel ended for want of memory. Source: oom_kill in memory.events of its cgroup.",
        &CounterTotals::oomKills);
    return page.take();
}

} // namespace twinhull
