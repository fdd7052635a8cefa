// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/twin_options.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/text.h"
#include "core/twin/capacity_legend.h"
#include "core/twin/capacity_run.h"

#include <QJsonArray>

namespace twinhull {

namespace {

struct CapacityOptions {
    TwinOptions twin;
    std::string kind;
    int starts = 0;
    std::string reserve;
    double pressureLimit = kPressureLimit;
    bool isChecked = false;
    int checkLimit = kMostStarts;
};

QString bytesText(double bytes)
{
    return QString::fromStdString(formatBytes(static_cast<std::uint64_t>(std::max(bytes, 0.0))));
}

/// Below 0 where this computer freed more meanwhile than they took.
QString dropText(const Capacity& capacity)
{
    const auto drop = capacity.availableDropBytes();
    if (!drop)
        return QStringLiteral("not known");
    return *drop < 0 ? QLatin1Char('-') + bytesText(-*drop) : bytesText(*drop);
}

QString furtherText(const Capacity& capacity)
{
    const auto further = capacity.furtherBytes();
    return further
        ? QStringLiteral("%1 (%2 to %3)")
              .arg(bytesText(further->value), bytesText(further->interval.low), bytesText(further->interval.high))
        : QStringLiteral("not known");
}

QString fitText(const Capacity& capacity)
{
    const auto fit = capacity.fit();
    return fit ? QStringLiteral("%1 (%2 to %3)").arg(fit->value).arg(fit->low).arg(fit->high)
               : QStringLiteral("not known");
}

QString sentencesOf(const Capacity& capacity)
{
    const QString claim = capacity.claim();
    return QStringLiteral("\n%1\n  claim:      %2\n  assumption: %3\n  verdict:    %4\n")
        .arg(textOf(capacity.kind), claim.isEmpty() ? QStringLiteral("none: see EACH FURTHER") : claim,
            capacity.assumption(), capacity.checkSentence());
}

void tellCapacity(Program& program, const std::vector<const CapacityRun*>& runs)
{
    QJsonArray all;
    QString sentences;
    TextTable table(
        { QStringLiteral("KIND"), QStringLiteral("ENGINE"), QStringLiteral("STARTED"), QStringLiteral("FIRST"),
            QStringLiteral("EACH FURTHER"), QStringLiteral("LESS AVAILABLE, EACH"), QStringLiteral("FIT") });
    for (const CapacityRun* run : runs) {
        const Capacity& capacity = run->capacity();
        QJsonObject json = capacityJson(capacity);
        json.insert(QStringLiteral("figures"), capacityLegend());
        all.append(json);
        const Figure first = capacity.firstBytes();
        table.add({ textOf(capacity.kind), capacity.engine, QString::number(capacity.after.size()),
            first.value ? bytesText(*first.value) : first.missing, furtherText(capacity), dropText(capacity),
            fitText(capacity) });
        sentences += sentencesOf(capacity);
        if (capacity.isStoppedByPressure)
            program.note(QStringLiteral("Stopped early: the memory pressure passed %1 % after %2 had run below it.")
                             .arg(capacity.pressureLimit)
                             .arg(capacity.ranBelowPressure()));
    }
    if (program.wantsJson())
        program.print(QJsonValue(all));
    else
        program.print(table.toText() + sentences);
    program.finish();
}

Result<CapacityPlan> capacityPlan(const CapacityOptions& options)
{
    const auto twin = planFrom(options.twin, {});
    if (!twin)
        return twin.error();
    CapacityPlan plan{ *twin, WorkloadKind::Container, options.starts, {}, options.pressureLimit, options.isChecked,
        options.checkLimit };
    if (!options.reserve.empty()) {
        const auto bytes = parseSize(options.reserve);
        if (!bytes)
            return bytes.error();
        plan.reserveBytes = *bytes;
    }
    return plan;
}

/// One kind after the other: each is measured on a computer where the other does not run.
void measureNext(
    Program& program, CapacityPlan plan, std::vector<WorkloadKind> kinds, std::vector<const CapacityRun*> runs)
{
    if (kinds.empty()) {
        tellCapacity(program, runs);
        return;
    }
    plan.kind = kinds.front();
    kinds.erase(kinds.begin());
    auto job = std::make_unique<CapacityRun>(program.registry(), program.images(), plan);
    runs.push_back(job.get());
    program.run(std::move(job), [&program, plan, kinds, runs] { measureNext(program, plan, kinds, runs); });
}

void measureCapacity(Program& program, const CapacityOptions& options)
{
    const auto kind = kindFromText(options.kind);
    const auto plan = capacityPlan(options);
    if (!kind || !plan) {
        program.fail(kind ? plan.error() : kind.error());
        return;
    }
    const auto kinds = *kind ? std::vector{ **kind } : std::vector{ WorkloadKind::Container, WorkloadKind::Vm };
    measureNext(program, *plan, kinds, {});
}

} // namespace

void addCapacityVerb(CLI::App& app, ChosenVerb& chosen, GlobalOptions& global, const CommandTail& tail)
{
    const auto options = std::make_shared<CapacityOptions>();
    auto* verb = app.add_subcommand("capacity",
        "how many more of an image fit on this computer: starts some, measures what each further one costs, removes "
        "them");
    addTwinPlanOptions(*verb, options->twin);
    verb->remove_option(verb->get_option("--name"));
    verb->add_option("--start", options->starts, "how many of each kind may be started to measure them")
        ->required()
        ->check(CLI::Range(kFewestStarts, kMostStarts))
        ->type_name("N");
    verb->add_option("--kind", options->kind, "container or vm; without it both, one after the other");
    verb->add_option("--reserve", options->reserve, "memory that shall stay available; without it a twentieth of all")
        ->type_name("SIZE");
    verb->add_option("--pressure", options->pressureLimit,
            "fit until tasks waited for memory for more than this share of ten seconds, in percent (PSI some avg10)")
        ->check(CLI::Range(0.0, 100.0))
        ->type_name("PERCENT")
        ->capture_default_str();
    auto* check = verb->add_flag("--check", options->isChecked,
        "then start as many as were foretold, up to --check-limit, and tell whether it is true");
    verb->add_option("--check-limit", options->checkLimit, "of each kind so many at most, the measured ones included")
        ->check(CLI::Range(kFewestStarts, kMostStarts))
        ->needs(check)
        ->type_name("N")
        ->capture_default_str();
    verb->add_flag("--json", global.wantsJson, "the result as JSON"); // this verb does not fall through
    verb->add_flag("--verbose", global.isVerbose, "more about failures");
    verb->callback([&chosen, &tail, verb, options] {
        options->twin.command = commandAfter(*verb, tail);
        chosen = { Need::Workloads, [options](Program& program) { measureCapacity(program, *options); } };
    });
}

} // namespace twinhull
