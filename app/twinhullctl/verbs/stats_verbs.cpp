// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/running_workload.h"
#include "app/twinhullctl/stats_columns.h"
#include "app/twinhullctl/stats_reader.h"
#include "app/twinhullctl/stats_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/files.h"
#include "core/metrics/metric_legend.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace twinhull {

namespace {

struct StatsOptions {
    std::vector<std::string> names;
    std::vector<std::string> columns;
    bool watches = false;
    bool explains = false;
};

struct ExportOptions {
    std::vector<std::string> names;
    int seconds = 10;
    std::string format = "csv";
    std::string path; ///< empty: standard output
    bool explains = false;
};

/// Of all that bear one name, those that can be read; at least one must run. The other half of a twin is noted.
Result<std::vector<WorkloadId>> readableOf(Program& program, const std::vector<WorkloadInfo>& named)
{
    std::vector<WorkloadId> ids;
    std::vector<Error> refused;
    for (const WorkloadInfo& info : named) {
        if (info.footprint.hasFigures())
            ids.push_back(info.id);
        else
            refused.push_back(checkRuns(info, "read the figures of").error());
    }
    if (ids.empty())
        return refused.front();
    for (const Error& error : refused)
        program.note(QString::fromStdString(error.toLine()));
    return ids;
}

Error nothingRuns(const char* doing)
{
    return { ErrorCode::NotFound, std::string("cannot ") + doing + ": no workload runs", 0,
        "Start one with: twinhullctl start NAME" };
}

bool doesAnyRun(const WorkloadRegistry& registry)
{
    const auto all = registry.workloads();
    return std::any_of(all.begin(), all.end(), [](const WorkloadInfo& info) { return info.footprint.hasFigures(); });
}

/// Null after a failure, which was told.
StatsReader* makeReader(Program& program, const std::vector<std::string>& names, StatsReader::Disks disks)
{
    program.noteMissingVms();
    std::vector<WorkloadId> ids;
    for (const auto& name : names) { // a twin's name means both halves
        const auto found = program.registry().findByName(QString::fromStdString(name));
        if (found.empty()) {
            program.fail(Error{
                ErrorCode::NotFound, "no workload is named " + name, 0, "See what exists with: twinhullctl list" });
            return nullptr;
        }
        const auto readable = readableOf(program, found);
        if (!readable) {
            program.fail(readable.error());
            return nullptr;
        }
        ids.insert(ids.end(), readable->begin(), readable->end());
    }
    auto* reader = new StatsReader(program, std::move(ids), disks);
    QObject::connect(&program, &Program::interrupted, reader, [&program] { program.finish(); });
    return reader;
}

/// The table's, or nothing after a failure, which was told.
std::optional<std::vector<Metric>> columnsOf(Program& program, const StatsOptions& options)
{
    if (options.columns.empty())
        return usualStatsColumns();
    if (program.wantsJson()) {
        program.fail(Error{ ErrorCode::InvalidArgument, "--columns chooses what the table shows", 0,
            "Leave it out: --json has every figure." });
        return std::nullopt;
    }
    auto columns = statsColumns(options.columns);
    if (!columns) {
        program.fail(columns.error());
        return std::nullopt;
    }
    return *std::move(columns);
}

/// What each reading is printed as.
struct StatsPrint {
    bool watches = false;
    std::vector<Metric> columns;
    bool explains = false; ///< below the next table
    FigureLegend legend = FigureLegend::Included; ///< of the next object
};

void printStats(Program& program, const MetricsFrame& frame, StatsPrint& print)
{
    const auto& registry = program.registry();
    if (!program.wantsJson()) {
        program.print(statsTable(registry, frame, print.columns));
        if (std::exchange(print.explains, false))
            program.print(QLatin1Char('\n') + figureExplanations(print.columns));
        return;
    }
    const QJsonObject json = statsJson(registry, frame, std::exchange(print.legend, FigureLegend::LeftOut));
    if (print.watches) // one line a second for programs that read on
        program.print(QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact)) + QLatin1Char('\n'));
    else
        program.print(json);
}

/// JSON has every figure.
StatsReader::Disks wantedDisks(const Program& program, const std::vector<Metric>& columns)
{
    constexpr std::array kOfFiles{ Metric::DiskImageBytes, Metric::DiskLayersBytes, Metric::DiskWritableBytes,
        Metric::DiskVirtualBytes, Metric::DiskVolumeBytes };
    const bool isAsked = std::any_of(columns.begin(), columns.end(),
        [&](Metric metric) { return std::find(kOfFiles.begin(), kOfFiles.end(), metric) != kOfFiles.end(); });
    return isAsked || program.wantsJson() ? StatsReader::Disks::Read : StatsReader::Disks::LeftOut;
}

void stats(Program& program, const StatsOptions& options)
{
    auto columns = columnsOf(program, options);
    auto* reader = columns ? makeReader(program, options.names, wantedDisks(program, *columns)) : nullptr;
    if (reader == nullptr)
        return;
    if (!doesAnyRun(program.registry()) && !program.wantsJson()) // its figures of this computer are an answer
        program.note(QStringLiteral("No workload runs. Start one with: twinhullctl start NAME"));
    QObject::connect(reader, &StatsReader::read, &program,
        [&program, print = StatsPrint{ options.watches, *std::move(columns), options.explains }](
            const MetricsFrame& frame) mutable {
            printStats(program, frame, print);
            if (!print.watches)
                program.finish();
        });
    reader->start();
}

/// What was read until now, to be written at the end.
struct Recording {
    QString csv = csvHeading();
    QJsonArray frames;
    int count = 0;
    std::int64_t beganNanoseconds = 0;
    std::size_t points = 0; ///< of all workloads
};

/// A second file tells of the columns: CSV has no comments, its readers would take them for data.
Result<> describeColumns(const std::string& path)
{
    const QString file = QString::fromStdString(path);
    const QByteArray text = csvMetadata(QFileInfo(file).fileName(), csvHeading().trimmed().split(u','));
    return writeFileAtomically(
        csvMetadataName(file).toStdString(), { text.constData(), static_cast<std::size_t>(text.size()) }, 0644);
}

void writeRecording(Program& program, const Recording& recording, const ExportOptions& options)
{
    if (recording.points == 0) { // they ended at once
        program.fail(nothingRuns("export figures"));
        return;
    }
    const QByteArray text = options.format == "json" ? QJsonDocument(recording.frames).toJson(QJsonDocument::Indented)
                                                     : recording.csv.toUtf8();
    if (options.path.empty()) {
        program.print(QString::fromUtf8(text));
        program.finish();
        return;
    }
    const auto described = options.format == "csv" ? describeColumns(options.path) : Result<>();
    const auto written = described // last: a failure leaves the figures that were there
        ? writeFileAtomically(options.path, { text.constData(), static_cast<std::size_t>(text.size()) }, 0644)
        : described;
    if (!written)
        program.fail(written.error());
    else
        program.finish();
}

/// What a file of figures has in its columns.
void explainColumns(Program& program)
{
    if (program.wantsJson()) {
        program.print(metricLegend());
    } else {
        const std::string all[] = { "all" };
        program.print(figureExplanations(*statsColumns(all)));
    }
    program.finish();
}

void exportFigures(Program& program, ExportOptions options)
{
    if (program.wantsJson())
        options.format = "json";
    auto* reader = makeReader(program, options.names, StatsReader::Disks::Read);
    if (reader == nullptr)
        return;
    if (!doesAnyRun(program.registry())) {
        program.fail(nothingRuns("export figures"));
        return;
    }
    const auto recording = std::make_shared<Recording>();
    QObject::connect(reader, &StatsReader::read, &program, [&program, recording, options](const MetricsFrame& frame) {
        if (options.format == "json")
            recording->frames.append(statsJson(program.registry(), frame,
                recording->frames.isEmpty() ? FigureLegend::Included : FigureLegend::LeftOut));
        else
            recording->csv += csvLines(program.registry(), frame);
        recording->points += frame.points.size();
        if (recording->count++ == 0)
            recording->beganNanoseconds = frame.monotonicNanoseconds;
        const std::chrono::nanoseconds passed(frame.monotonicNanoseconds - recording->beganNanoseconds);
        if (isWhole(recording->count, passed, std::chrono::seconds(options.seconds)))
            writeRecording(program, *recording, options);
    });
    reader->start();
}

} // namespace

void addStatsVerbs(CLI::App& app, ChosenVerb& chosen)
{
    const auto statsOptions = std::make_shared<StatsOptions>();
    auto* statsVerb = app.add_subcommand("stats",
        "what running workloads cost the host now; with --json also each figure's unit, side, meaning and source");
    statsVerb->add_option("NAME", statsOptions->names, "only these; a twin's name means both halves");
    statsVerb
        ->add_option("--columns", statsOptions->columns,
            "figures of the table, with commas: all, or some of " + statsColumnNames())
        ->delimiter(',')
        ->allow_extra_args(false); // what follows is a NAME
    statsVerb->add_flag("-w,--watch", statsOptions->watches, "again every second (with --json one line each)");
    statsVerb->add_flag(
        "--explain", statsOptions->explains, "below the table what each of its figures means, its unit and source");
    statsVerb->callback([&chosen, statsOptions] {
        chosen = { Need::Workloads, [statsOptions](Program& program) { stats(program, *statsOptions); },
            followedIf(statsOptions->watches) };
    });

    const auto exportOptions = std::make_shared<ExportOptions>();
    auto* exportVerb = app.add_subcommand("export", "figures of running workloads, one reading a second, as a file");
    exportVerb->add_option("NAME", exportOptions->names, "only these; a twin's name means both halves");
    exportVerb->add_option("--seconds", exportOptions->seconds, "how long")->check(CLI::Range(1, 86400));
    exportVerb->add_option("--format", exportOptions->format, "csv or json")->check(CLI::IsMember({ "csv", "json" }));
    exportVerb->add_option("-o,--output", exportOptions->path,
        "file; else standard output. Beside a CSV file FILE-metadata.json tells unit, meaning and source of each "
        "column");
    exportVerb->add_flag("--explain", exportOptions->explains, "only tell what the columns are; reads nothing");
    exportVerb->callback([&chosen, exportOptions] {
        if (exportOptions->explains) {
            chosen = { Need::Images, &explainColumns };
            return;
        }
        chosen = { Need::Workloads, [exportOptions](Program& program) { exportFigures(program, *exportOptions); },
            OthersChanges::Followed };
    });
}

} // namespace twinhull
