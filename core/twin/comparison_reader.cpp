// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_reader.h"

#include "core/base/files.h"
#include "core/twin/comparison_report.h"
#include "core/twin/figure_rows.h"
#include "core/twin/work_figure.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr qsizetype kMostRuns = 100'000;
constexpr double kLargest = 1e18; ///< of a figure; what is larger was measured by nobody
constexpr qsizetype kMostTextCharacters = 4000;
constexpr std::size_t kMostMarks = 64; ///< of one run
constexpr qsizetype kMostMarkCharacters = 40;
constexpr double kMostMilliseconds = 1e9; ///< twelve days

Error corrupt(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, what, 0, "Give the JSON file that `twinhullctl compare --report` wrote." };
}

/// A report may be a stranger's, and its texts go to terminals and pages.
QString textOf(const QJsonValue& value)
{
    return plainText(value.toString(), kMostTextCharacters);
}

/// Nothing where the work has none, and in a report of before there were any.
std::optional<WorkScale> scaleOf(const QJsonValue& value)
{
    if (!value.isObject())
        return std::nullopt;
    return WorkScale{ plainText(value[u"unit"].toString(), kMostUnitCharacters),
        betterNamed(value[u"better"].toString()).value_or(Better::NotTold),
        plainText(value[u"pattern"].toString(), kMostPatternCharacters),
        plainText(value[u"turn_unit"].toString(), kMostUnitCharacters) };
}

std::vector<StartupMark> marksOf(const QJsonArray& array)
{
    std::vector<StartupMark> marks;
    for (const auto& mark : array) {
        if (marks.size() == kMostMarks)
            break;
        const double milliseconds = std::clamp(mark[u"ms"].toDouble(), 0.0, kMostMilliseconds);
        marks.push_back({ plainText(mark[u"name"].toString(), kMostMarkCharacters),
            static_cast<std::int64_t>(milliseconds * 1e6) });
    }
    return marks;
}

RunFigures runOf(const QJsonObject& object, std::span<const FigureRow> rows)
{
    RunFigures run;
    for (const auto& row : rows) {
        const QJsonValue value = object[QLatin1String(row.key)];
        const bool isOrdinary = value.isDouble() && std::abs(value.toDouble()) <= kLargest;
        run.*row.figure = isOrdinary ? Figure::of(value.toDouble())
                                     : Figure::absent(textOf(object[u"missing"][QLatin1String(row.key)]));
    }
    const QJsonValue others = object[u"other_cores"];
    if (others.isDouble() && std::abs(others.toDouble()) <= kLargest)
        run.otherCores = Figure::of(others.toDouble());
    run.marks = marksOf(object[u"marks"].toArray());
    if (const QJsonValue once = object[u"definition_ms"]; once.isDouble())
        run.definitionMilliseconds = std::clamp(once.toDouble(), 0.0, kMostMilliseconds);
    return run;
}

Result<HullFigures> halfOf(const QJsonObject& report, const QString& side, std::span<const FigureRow> rows)
{
    const QJsonValue runs = report[side][u"runs"];
    if (!runs.isArray() || runs.toArray().size() > kMostRuns)
        return corrupt("it has no runs of the " + side.toStdString());
    HullFigures half;
    for (const auto& run : runs.toArray())
        half.runs.push_back(runOf(run.toObject(), rows));
    return half;
}

MachineFacts machineOf(const QJsonObject& object)
{
    MachineFacts machine;
    machine.kernel = textOf(object[u"kernel"]);
    machine.processor = textOf(object[u"processor"]);
    machine.cpus = object[u"cpus"].toInt();
    machine.memoryBytes = static_cast<std::uint64_t>(std::clamp(object[u"memory_bytes"].toDouble(), 0.0, kLargest));
    machine.acceleration = textOf(object[u"acceleration"]);
    for (const auto& fact : object[u"facts"].toArray())
        machine.facts.push_back(
            { textOf(fact[u"key"]), textOf(fact[u"title"]), textOf(fact[u"value"]), textOf(fact[u"needs"]) });
    return machine;
}

} // namespace

Result<Comparison> readComparison(const QByteArray& json)
{
    QJsonParseError problem;
    const QJsonObject report = QJsonDocument::fromJson(json, &problem).object();
    if (problem.error != QJsonParseError::NoError)
        return corrupt("it is no JSON: " + problem.errorString().toStdString());
    if (report[u"format"].toString() != u"twinhull-comparison")
        return corrupt("it is no report of a comparison");
    const int version = report[u"version"].toInt();
    if (version < 1 || version > ComparisonReport::kVersion)
        return Error{ ErrorCode::Unsupported, "it has version " + std::to_string(version) + " of the report's format",
            0, "Read it with the Twinhull that wrote it, or a later one." };
    const auto scale = scaleOf(report[u"work_scale"]);
    const auto rows = figureRows(scale);
    auto container = halfOf(report, QStringLiteral("container"), rows);
    auto vm = halfOf(report, QStringLiteral("vm"), rows);
    if (!container || !vm)
        return container ? vm.error() : container.error();
    Comparison comparison;
    comparison.machine = machineOf(report[u"machine"].toObject());
    comparison.image = textOf(report[u"image"]);
    comparison.imageDigest = textOf(report[u"image_digest"]);
    comparison.work = textOf(report[u"work"]);
    comparison.workScale = scale;
    const QString bothAs = report[u"both_as"].toString();
    if (!bothAs.isEmpty())
        comparison.bothAs = bothAs == u"vm" ? WorkloadKind::Vm : WorkloadKind::Container;
    comparison.warmUpRounds = report[u"warm_up_rounds"].toInt();
    comparison.caches = textOf(report[u"caches"]);
    const auto when = QDateTime::fromString(report[u"created_at"].toString(), Qt::ISODate);
    comparison.wallMilliseconds = when.isValid() ? when.toMSecsSinceEpoch() : 0;
    comparison.container = *std::move(container);
    comparison.vm = *std::move(vm);
    return comparison;
}

Result<Comparison> readComparisonFile(const QString& path)
{
    const auto text = readFile(path.toStdString());
    if (!text)
        return Result<Comparison>(text.error()).withContext("read report");
    return readComparison({ text->data(), static_cast<qsizetype>(text->size()) })
        .withContext("read report " + path.toStdString());
}

} // namespace twinhull
