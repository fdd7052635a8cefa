// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/compare_verbs.h"

#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/report_files.h"
#include "app/twinhullctl/verbs/work_list.h"
#include "core/twin/compared_work.h"
#include "core/twin/comparison_leftovers.h"
#include "core/twin/comparison_reader.h"
#include "core/twin/comparison_report.h"
#include "core/twin/comparison_run.h"
#include "core/twin/cpu_pinning.h"
#include "core/twin/report_pair.h"
#include "core/twin/report_shelf.h"
#include "core/twin/work_figure.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

std::string loadNames()
{
    QStringList names;
    for (const WorkChoice& choice : workChoices())
        names << choice.name;
    return names.join(QStringLiteral(", ")).toStdString();
}

QString workOf(const TwinOptions& options)
{
    return options.measuredCommand ? commandWorkName(QString::fromStdString(*options.measuredCommand))
                                   : QString::fromStdString(options.workload);
}

std::optional<WorkScale> figureOf(const TwinOptions& options)
{
    if (options.figurePattern.empty())
        return std::nullopt;
    return WorkScale{ QString::fromStdString(options.figureUnit),
        betterNamed(QString::fromStdString(options.better)).value_or(Better::NotTold),
        QString::fromStdString(options.figurePattern) };
}

/// What can be said before anything is started.
Result<> checkMeasurable(const TwinOptions& options, const ComparisonPlan& plan)
{
    if (const auto checked = plan.figure ? checkWorkScale(*plan.figure) : Result<>(); !checked)
        return checked;
    if (const auto known = plan.definition ? Result<>() : checkWorkName(plan.work); !known)
        return known;
    for (const auto& path : options.reports) {
        if (const auto kind = checkReportName(QString::fromStdString(path)); !kind)
            return kind;
    }
    return {};
}

Result<ComparisonPlan> comparisonPlanFrom(const TwinOptions& options, const DataFolders& folders)
{
    const auto twin = planFrom(options, QString::fromStdString(options.name));
    if (!twin)
        return twin.error();
    ComparisonPlan plan{ *twin, workOf(options), {}, figureOf(options), {}, options.repeats, options.warmUps };
    if (options.caches == "cold")
        plan.caches = FileCaches::Cold;
    if (!options.bothAs.empty())
        plan.bothAs = options.bothAs == "vm" ? WorkloadKind::Vm : WorkloadKind::Container;
    if (!options.pin.empty()) {
        auto cpus = pinnedCpusFrom(QString::fromStdString(options.pin));
        if (!cpus)
            return std::move(cpus).error();
        plan.twin.pinnedCpus = *std::move(cpus);
    }
    const auto known = readWorkDefinitions(folders.workloads());
    if (const auto* definition = known.find(plan.work))
        plan.definition = *definition;
    auto measurable = checkMeasurable(options, plan);
    if (measurable)
        return plan;
    Error error = std::move(measurable).error();
    if (!known.refused.empty())
        error.message += "; " + known.refused.front().message;
    return error;
}

void tellReport(Program& program, const Report& report, const TwinOptions& options)
{
    for (const auto& path : options.reports) {
        if (auto written = writeReport(report, QString::fromStdString(path)); !written) {
            program.fail(written.error());
            return;
        }
    }
    program.print(program.wantsJson() ? QString::fromUtf8(report.toJson()) : report.toText());
    program.finish();
}

void tellComparison(Program& program, const Comparison& comparison, const TwinOptions& options)
{
    if (auto kept = ReportShelf(program.folders().reports()).keep(comparison); !kept)
        program.note(QString::fromStdString(kept.error().toLine())); // it is printed below all the same
    tellReport(program, ComparisonReport(comparison), options);
}

void noteLeftovers(Program& program)
{
    QStringList groups;
    for (const auto& info : comparisonLeftovers(program.registry()))
        groups << info.twinGroup;
    groups.removeDuplicates();
    for (const QString& group : groups)
        program.note(QCoreApplication::translate("TwinVerbs",
            "%1 is left over from a comparison that was killed; remove it with: "
            "twinhullctl twin remove %1")
                         .arg(group));
}

} // namespace

void addComparisonOptions(CLI::App& verb, TwinOptions& options)
{
    verb.add_option("--repeat", options.repeats, "counted runs of each half; fewer than 6 name no side")
        ->check(CLI::Range(1, kMostRounds))
        ->capture_default_str();
    verb.add_option("--warm-up", options.warmUps, "rounds before them that are not counted")
        ->check(CLI::Range(0, kMostRounds))
        ->type_name("N")
        ->capture_default_str();
    verb.add_option("--caches", options.caches,
            "warm: the page cache is kept from run to run; cold: before each run the image's own files are dropped "
            "from it")
        ->check(CLI::IsMember({ "warm", "cold" }))
        ->capture_default_str();
    auto* workload = verb.add_option("--workload", options.workload,
                             "what both do: image (its label org.twinhull.work.http, else rest), http:PORT/PATH, "
                             "http-rate:PORT/PATH, idle, "
                                 + loadNames() + ", or a definition (compare --list-workloads)")
                         ->type_name("NAME");
    auto* command = verb.add_option("--command", options.measuredCommand,
                            "the work is this command, run inside to its end while the image's own program runs")
                        ->type_name("COMMAND")
                        ->excludes(workload);
    auto* figure = verb.add_option("--figure", options.figurePattern,
                           "a regular expression whose first group, where it matches last in what the command "
                           "prints, is the command's own figure: 'events per second:\\s*([0-9.]+)'")
                       ->type_name("PATTERN")
                       ->needs(command);
    verb.add_option("--unit", options.figureUnit, "of that figure: events/s")->type_name("UNIT")->needs(figure);
    verb.add_option("--better", options.better, "which way that figure is better")
        ->check(CLI::IsMember({ "higher", "lower" }))
        ->needs(figure);
    verb.add_flag("--pin{auto}", options.pin,
        "both sides, helpers too, on the same processors: --pin=0-1,3, or without a list the upper half of them");
    verb.add_option(
            "--a-a", options.bothAs, "this kind against itself, in place of container and VM: the ruler's own noise")
        ->check(CLI::IsMember({ "container", "vm" }))
        ->type_name("KIND");
    verb.add_option("--report", options.reports, "also write FILE.html, .json, .csv, .svg or .png; may be given again")
        ->type_name("FILE")
        ->allow_extra_args(false);
}

void compareTwin(Program& program, const TwinOptions& options)
{
    const auto plan = comparisonPlanFrom(options, program.folders());
    if (!plan) {
        program.fail(plan.error());
        return;
    }
    noteLeftovers(program);
    auto job = std::make_unique<ComparisonRun>(program.registry(), program.images(), *plan);
    const auto* run = job.get();
    program.run(std::move(job), [&program, run, options] { tellComparison(program, run->comparison(), options); });
}

namespace {

void compareReports(Program& program, const TwinOptions& options)
{
    std::vector<Comparison> reports;
    for (const auto& path : options.against) {
        auto report = readComparisonFile(QString::fromStdString(path));
        if (!report) {
            program.fail(report.error());
            return;
        }
        reports.push_back(*std::move(report));
    }
    for (const auto& path : options.reports) {
        if (const auto kind = checkReportName(QString::fromStdString(path)); !kind) {
            program.fail(kind.error());
            return;
        }
    }
    const ReportPair pair(
        QString::fromStdString(options.against[0]), reports[0], QString::fromStdString(options.against[1]), reports[1]);
    tellReport(program, pair, options);
}

} // namespace

void addCompareVerb(CLI::App& app, ChosenVerb& chosen, GlobalOptions& global, const CommandTail& tail)
{
    const auto options = std::make_shared<TwinOptions>();
    auto* verb = app.add_subcommand("compare", "measure one image as container and as VM, by turns, with intervals");
    addComparisonOptions(*verb, *options);
    addTwinPlanOptions(*verb, *options);
    verb->add_flag("--json", global.wantsJson, "the result as JSON"); // this verb does not fall through
    verb->add_flag("--verbose", global.isVerbose, "more about failures");
    auto* image = verb->get_option("IMAGE")->required(false);
    auto* against = verb->add_option("--against", options->against,
                            "instead of IMAGE: two JSON reports, the second against the first")
                        ->type_name("FILE FILE")
                        ->expected(2)
                        ->excludes(image);
    verb->add_flag("--list-workloads", options->wantsWorkloadList, "instead of IMAGE: what --workload takes")
        ->excludes(image);
    verb->callback([&chosen, &tail, verb, options, image, against] {
        if (options->wantsWorkloadList) {
            chosen = { Need::Images, &listWorkloads };
            return;
        }
        if (against->count() > 0) {
            chosen = { Need::Images, [options](Program& program) { compareReports(program, *options); } };
            return;
        }
        if (image->count() == 0)
            throw CLI::RequiredError("IMAGE");
        options->command = commandAfter(*verb, tail);
        chosen = { Need::Workloads, [options](Program& program) { compareTwin(program, *options); } };
    });
}

} // namespace twinhull
