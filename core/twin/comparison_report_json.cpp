// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_report.h"

#include "core/twin/figure_rows.h"
#include "core/twin/verdict.h"
#include "core/twin/work_figure.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <functional>

namespace twinhull {

namespace {

using FigureOf = std::function<Figure(Figure RunFigures::*)>;
using Rows = std::span<const FigureRow>;

/// All rows and the reasons of those that have no value.
QJsonObject figures(Rows rows, const FigureOf& figureOf)
{
    QJsonObject object;
    QJsonObject missing;
    for (const auto& row : rows) {
        const QString key = QLatin1String(row.key);
        const Figure figure = figureOf(row.figure);
        object[key] = figure.value ? QJsonValue(*figure.value) : QJsonValue();
        if (!figure.value)
            missing[key] = figure.missing;
    }
    object[u"missing"] = missing;
    return object;
}

QJsonArray marksOf(const RunFigures& run)
{
    QJsonArray marks;
    for (const auto& mark : run.marks) {
        const auto since = mark.monotonicNanoseconds - run.marks.front().monotonicNanoseconds;
        marks.append(QJsonObject{
            { QStringLiteral("name"), mark.name }, { QStringLiteral("ms"), static_cast<double>(since) / 1e6 } });
    }
    return marks;
}

QJsonObject hull(Rows rows, const HullFigures& half)
{
    QJsonObject object = figures(rows, [&](auto figure) { return half.median(figure); });
    QJsonArray runs;
    for (const auto& run : half.runs) {
        QJsonObject one = figures(rows, [&](auto figure) { return run.*figure; });
        one[u"other_cores"] = run.otherCores.value ? QJsonValue(*run.otherCores.value) : QJsonValue();
        one[u"marks"] = marksOf(run);
        one[u"definition_ms"] = run.definitionMilliseconds ? QJsonValue(*run.definitionMilliseconds) : QJsonValue();
        runs.append(one);
    }
    object[u"runs"] = runs;
    return object;
}

QJsonValue textOrNull(const QString& text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonValue estimateOf(const std::vector<double>& samples)
{
    if (samples.empty())
        return {};
    const Estimate estimate = estimateMedian(samples);
    QJsonArray all;
    for (const double sample : samples)
        all.append(sample);
    return QJsonObject{
        { QStringLiteral("median"), estimate.value },
        { QStringLiteral("low"), samples.size() < 2 ? QJsonValue() : estimate.interval.low },
        { QStringLiteral("high"), samples.size() < 2 ? QJsonValue() : estimate.interval.high },
        { QStringLiteral("samples"), all },
    };
}

QJsonObject judgedFigures(const Comparison& comparison)
{
    QJsonObject object;
    const auto judged = judge(comparison);
    std::size_t index = 0;
    for (const auto& row : figureRows(comparison.workScale)) {
        const JudgedFigure& figure = judged[index++];
        const auto rounds = comparison.rounds(row.figure);
        object[QLatin1String(row.key)] = QJsonObject{
            { QStringLiteral("container"), estimateOf(comparison.container.samples(row.figure)) },
            { QStringLiteral("vm"), estimateOf(comparison.vm.samples(row.figure)) },
            { QStringLiteral("difference"), estimateOf(pairedDifferences(rounds.container, rounds.vm)) },
            { QStringLiteral("ratio"), estimateOf(pairedRatios(rounds.container, rounds.vm)) },
            { QStringLiteral("finding"), nameOf(figure.finding) },
            { QStringLiteral("reason"), textOrNull(figure.reason) },
        };
    }
    return object;
}

QJsonValue scaleOf(const std::optional<WorkScale>& scale)
{
    if (!scale)
        return {};
    return QJsonObject{ { QStringLiteral("unit"), scale->unit },
        { QStringLiteral("better"), textOrNull(nameOf(scale->better)) },
        { QStringLiteral("pattern"), textOrNull(scale->pattern) },
        { QStringLiteral("turn_unit"), textOrNull(scale->turnUnit) } };
}

QJsonObject statistics()
{
    return {
        { QStringLiteral("confidence"), 0.95 },
        { QStringLiteral("method"), QStringLiteral("bootstrap of the median, expanded percentile interval") },
        { QStringLiteral("resamples"), kBootstrapResamples },
        { QStringLiteral("seed"), static_cast<int>(kBootstrapSeed) },
    };
}

QJsonArray factsOf(const MachineFacts& machine)
{
    QJsonArray facts;
    for (const auto& fact : machine.facts)
        facts.append(QJsonObject{ { QStringLiteral("key"), fact.key }, { QStringLiteral("title"), fact.title },
            { QStringLiteral("value"), textOrNull(fact.value) }, { QStringLiteral("needs"), textOrNull(fact.needs) } });
    return facts;
}

QJsonObject droppedOf(const DroppedFiles& files)
{
    return { { QStringLiteral("bytes"), static_cast<double>(files.bytes) },
        { QStringLiteral("left_bytes"), static_cast<double>(files.leftBytes) },
        { QStringLiteral("unopened_files"), static_cast<double>(files.unopened) } };
}

QJsonValue coldOf(const std::optional<ColdCaches>& cold)
{
    if (!cold)
        return {};
    return QJsonObject{ { QStringLiteral("container"), droppedOf(cold->container) },
        { QStringLiteral("vm"), droppedOf(cold->vm) } };
}

QString kindName(WorkloadKind kind)
{
    return kind == WorkloadKind::Vm ? QStringLiteral("vm") : QStringLiteral("container");
}

QJsonObject machineOf(const MachineFacts& facts)
{
    return {
        { QStringLiteral("kernel"), textOrNull(facts.kernel) },
        { QStringLiteral("processor"), textOrNull(facts.processor) },
        { QStringLiteral("cpus"), facts.cpus },
        { QStringLiteral("memory_bytes"), static_cast<double>(facts.memoryBytes) },
        { QStringLiteral("acceleration"), textOrNull(facts.acceleration) },
        { QStringLiteral("facts"), factsOf(facts) },
    };
}

} // namespace

QByteArray ComparisonReport::toJson() const
{
    const auto& c = m_comparison;
    const auto rows = figureRows(c.workScale);
    const QJsonObject report{
        { QStringLiteral("format"), QStringLiteral("twinhull-comparison") },
        { QStringLiteral("version"), kVersion },
        { QStringLiteral("created_at"),
            QDateTime::fromMSecsSinceEpoch(c.wallMilliseconds, Qt::UTC).toString(Qt::ISODate) },
        { QStringLiteral("image"), c.image },
        { QStringLiteral("image_digest"), textOrNull(c.imageDigest) },
        { QStringLiteral("work"), c.work },
        { QStringLiteral("work_scale"), scaleOf(c.workScale) },
        { QStringLiteral("repeats"), static_cast<int>(std::max(c.container.runs.size(), c.vm.runs.size())) },
        { QStringLiteral("warm_up_rounds"), c.warmUpRounds },
        { QStringLiteral("caches"), textOrNull(c.caches) },
        { QStringLiteral("cold_caches"), coldOf(c.coldCaches) },
        { QStringLiteral("emulated"), c.isEmulated() },
        { QStringLiteral("both_as"), c.bothAs ? QJsonValue(kindName(*c.bothAs)) : QJsonValue() },
        { QStringLiteral("machine"), machineOf(c.machine) },
        { QStringLiteral("container"), hull(rows, c.container) },
        { QStringLiteral("vm"), hull(rows, c.vm) },
        { QStringLiteral("statistics"), statistics() },
        { QStringLiteral("figures"), judgedFigures(c) },
        { QStringLiteral("verdict"), verdictText(c) },
        { QStringLiteral("other_load"), c.otherLoad() ? QJsonValue(*c.otherLoad()) : QJsonValue() },
        { QStringLiteral("doubtful"), c.isDoubtful() },
        { QStringLiteral("overhead"), figures(rows, [&](auto figure) { return c.overhead(figure); }) },
    };
    return QJsonDocument(report).toJson(QJsonDocument::Indented);
}

} // namespace twinhull
