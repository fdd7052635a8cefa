// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/prometheus_text.h"

#include "core/metrics/metric_catalogue.h"

namespace twinhull {

namespace {

/// Of a label's value; of a help line the same but quotes, where a backslash before one is harmless.
QByteArray escaped(const QString& text)
{
    QByteArray bytes = text.toUtf8();
    bytes.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    return bytes;
}

void appendHeading(const FigureInfo& figure, QByteArray& text)
{
    const QByteArray name = QByteArrayLiteral("twinhull_") + figure.key;
    text += "# HELP " + name + ' ' + figure.meaning + " Source: " + QByteArray(figure.source).replace('\\', "\\\\")
        + ".\n# TYPE " + name + " gauge\n";
}

void appendValue(const FigureInfo& figure, const QByteArray& labels, double value, QByteArray& text)
{
    text += QByteArrayLiteral("twinhull_") + figure.key + labels + ' ' + QByteArray::number(value, 'g', 12) + '\n';
}

QByteArray identityOf(const MetricPoint& point, const QString& name)
{
    const char* kind = point.id.kind == WorkloadKind::Container ? "container" : "vm";
    return QByteArrayLiteral("{kind=\"") + kind + "\",name=\"" + escaped(name) + "\",id=\"" + escaped(point.id.key)
        + "\",view=\"";
}

} // namespace

QByteArray prometheusText(const MetricsFrame& frame, const std::function<QString(const WorkloadId&)>& nameOf)
{
    QByteArray text;
    for (const HostMetricRow& row : hostMetricCatalogue()) {
        if (const Reading<double>& reading = frame.host[row.metric]) {
            appendHeading(row.about, text);
            appendValue(row.about, {}, *reading, text);
        }
    }
    std::vector<QByteArray> identities;
    identities.reserve(frame.points.size());
    for (const MetricPoint& point : frame.points)
        identities.push_back(identityOf(point, nameOf(point.id)));
    for (const MetricRow& row : metricCatalogue()) { // the lines of a figure stand together
        appendHeading(row.about, text);
        for (std::size_t i = 0; i < frame.points.size(); ++i) {
            const MetricPoint& point = frame.points[i];
            if (const Reading<double>& reading = point[row.metric])
                appendValue(row.about, identities[i] + (isGuestsWord(point, row.metric) ? "guest\"}" : "host\"}"),
                    *reading, text);
        }
    }
    return text;
}

} // namespace twinhull
