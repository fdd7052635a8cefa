// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/compare_verbs.h"

#include "app/twinhullctl/chosen_verb.h"
#include "core/twin/compared_work.h"
#include "core/twin/comparison_leftovers.h"
#include "core/twin/comparison_reader.h"
#include "core/twin/comparison_report.h"
#include "core/twin/comparison_run.h"
#include "core/twin/report_pair.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr int kMostRounds = 1000;

std::string loadNames()
{
    QStringList names;
    for (const LoadChoice& choice : loadChoices())
        names << choice.name;
    return names.join(QStringLiteral(", ")).toStdString();
}

QString workOf(const TwinOptions& options)
{
    return options.measuredCommand ? commandWorkName(QString::fromStdString(*options.measuredCommand))
                                   : QString::fromStdString(options.workload);
}

Result<> checkMeasurable(const TwinOptions& options)
{
    if (const auto known = checkWorkName(workOf(options)); !known)
        return known;
    for (const auto& path : options.reports) {
        if (const auto kind = ComparisonReport::checkName(QString::fromStdString(path)); !kind)
            return kind;
    }
    return {};
}

void tellComparison(Program& program, const Comparison& comparison, const TwinOptions& options)
{
    const ComparisonReport report(comparison);
    for (const auto& path : options.reports) {
        if (auto written = report.write(QString::fromStdString(path)); !written) {
            program.fail(written.error());
            return;
        }
    }
    program.print(program.wantsJson() ? QString::fromUtf8(report.toJson()) : report.toText());
    program.finish();
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
    auto* workload = verb.add_option("--workload", options.workload,
                             "what both do: image (its label org.twinhull.work.http, else rest), http:PORT/PATH, idle, "
                                 + loadNames())
                         ->type_name("NAME");
    verb.add_option("--command", options.measuredCommand,
            "the work is this command, run inside to its end while the image's own program runs")
        ->type_name("COMMAND")
        ->excludes(workload);
    verb.add_option("--report", options.reports, "also write FILE.json, FILE.html or FILE.csv; may be given again")
        ->type_name("FILE")
        ->allow_extra_args(false);
}

void compareTwin(Program& program, const TwinOptions& options)
{
    const auto twin = planFrom(options, QString::fromStdString(options.name));
    const auto measurable = checkMeasurable(options);
    if (!twin || !measurable) {
        program.fail(twin ? measurable.error() : twin.error());
        return;
    }
    noteLeftovers(program);
    const ComparisonPlan plan{ *twin, workOf(options), options.repeats, options.warmUps };
    auto job = std::make_unique<ComparisonRun>(program.registry(), program.images(), plan);
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
    const ReportPair pair(
        QString::fromStdString(options.against[0]), reports[0], QString::fromStdString(options.against[1]), reports[1]);
    program.print(program.wantsJson() ? QString::fromUtf8(pair.toJson()) : pair.toText());
    program.finish();
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
    verb->callback([&chosen, &tail, verb, options, image, against] {
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
