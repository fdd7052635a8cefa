// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/stats_reader.h"
#include "app/twinhullctl/stats_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/files.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <utility>

namespace twinhull {

namespace {

struct StatsOptions {
    std::vector<std::string> names;
    bool watches = false;
};

struct ExportOptions {
    std::vector<std::string> names;
    int seconds = 10;
    std::string format = "csv";
    std::string path; ///< empty: standard output
};

/// Null after a failure, which was told.
StatsReader* makeReader(Program& program, const std::vector<std::string>& names)
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
        for (const auto& info : found)
            ids.push_back(info.id);
    }
    auto* reader = new StatsReader(program, std::move(ids));
    QObject::connect(&program, &Program::interrupted, reader, [&program] { program.finish(); });
    return reader;
}

void printStats(Program& program, const MetricsFrame& frame, const StatsOptions& options, FigureLegend legend)
{
    const auto& registry = program.registry();
    if (program.wantsJson() && options.watches) // one line a second for programs that read on
        program.print(
            QString::fromUtf8(QJsonDocument(statsJson(registry, frame, legend)).toJson(QJsonDocument::Compact))
            + QLatin1Char('\n'));
    else if (program.wantsJson())
        program.print(statsJson(registry, frame, legend));
    else
        program.print(statsTable(registry, frame));
}

void stats(Program& program, const StatsOptions& options)
{
    auto* reader = makeReader(program, options.names);
    if (reader == nullptr)
        return;
    QObject::connect(reader, &StatsReader::read, &program,
        [&program, options, legend = FigureLegend::Included](const MetricsFrame& frame) mutable {
            printStats(program, frame, options, std::exchange(legend, FigureLegend::LeftOut));
            if (!options.watches)
                program.finish();
        });
    reader->start();
}

/// What was read until now, to be written at the end.
struct Recording {
    QString csv = csvHeading();
    QJsonArray frames;
    int count = 0;
};

void writeRecording(Program& program, const Recording& recording, const ExportOptions& options)
{
    const QByteArray text = options.format == "json" ? QJsonDocument(recording.frames).toJson(QJsonDocument::Indented)
                                                     : recording.csv.toUtf8();
    if (options.path.empty()) {
        program.print(QString::fromUtf8(text));
        program.finish();
        return;
    }
    const auto written
        = writeFileAtomically(options.path, { text.constData(), static_cast<std::size_t>(text.size()) }, 0644);
    if (!written)
        program.fail(written.error());
    else
        program.finish();
}

void exportFigures(Program& program, ExportOptions options)
{
    if (program.wantsJson())
        options.format = "json";
    auto* reader = makeReader(program, options.names);
    if (reader == nullptr)
        return;
    const auto recording = std::make_shared<Recording>();
    QObject::connect(reader, &StatsReader::read, &program, [&program, recording, options](const MetricsFrame& frame) {
        if (options.format == "json")
            recording->frames.append(statsJson(program.registry(), frame,
                recording->frames.isEmpty() ? FigureLegend::Included : FigureLegend::LeftOut));
        else
            recording->csv += csvLines(program.registry(), frame);
        if (++recording->count == options.seconds)
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
    statsVerb->add_flag("-w,--watch", statsOptions->watches, "again every second (with --json one line each)");
    statsVerb->callback([&chosen, statsOptions] {
        chosen = { Need::Workloads, [statsOptions](Program& program) { stats(program, *statsOptions); } };
    });

    const auto exportOptions = std::make_shared<ExportOptions>();
    auto* exportVerb = app.add_subcommand("export", "figures of running workloads, one reading a second, as a file");
    exportVerb->add_option("NAME", exportOptions->names, "only these; a twin's name means both halves");
    exportVerb->add_option("--seconds", exportOptions->seconds, "how long")->check(CLI::Range(1, 86400));
    exportVerb->add_option("--format", exportOptions->format, "csv or json")->check(CLI::IsMember({ "csv", "json" }));
    exportVerb->add_option("-o,--output", exportOptions->path, "file; else standard output");
    exportVerb->callback([&chosen, exportOptions] {
        chosen = { Need::Workloads, [exportOptions](Program& program) { exportFigures(program, *exportOptions); } };
    });
}

} // namespace twinhull
