// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/history_overlay_text.h"
#include "app/twinhullctl/history_text.h"
#include "app/twinhullctl/moment_text.h"
#include "app/twinhullctl/stats_columns.h"
#include "app/twinhullctl/stats_table.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/history/history_database.h"
#include "core/metrics/metric_catalogue.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kMostPoints = 100'000;

struct HistoryOptions {
    std::vector<std::string> names;
    std::vector<std::string> columns;
    std::string span = "1h";
    std::string from;
    std::string to;
    std::string against; ///< where a second range begins
    std::string againstName;
    bool isSpanGiven = false;
    std::size_t points = 60;
    bool wantsEvents = false;
    bool wantsCsv = false;
    bool explains = false;
};

/// "90s", "15m", "6h", "30d": milliseconds.
Result<std::int64_t> spanFrom(const std::string& text)
{
    const auto number = text.empty() ? Result<std::uint64_t>(Error{}) : parseNumber(text.substr(0, text.size() - 1));
    const std::string units = "smhd";
    const std::int64_t lengths[] = { 1000, kMinuteMilliseconds, 60 * kMinuteMilliseconds, kDayMilliseconds };
    const auto unit = text.empty() ? std::string::npos : units.find(text.back());
    if (!number || *number == 0 || *number > 100'000 || unit == std::string::npos)
        return Error{ ErrorCode::InvalidArgument, "\"" + text + "\" is no length of time", 0,
            "Write it like 90s, 15m, 6h or 30d." };
    return static_cast<std::int64_t>(*number) * lengths[unit];
}

/// From `from`, or as long before its end as `span` says, to `to`, or to now; of `from` and `span` as long as that.
Result<HistorySpan> wantedSpan(const HistoryOptions& options)
{
    if (!options.from.empty() && options.isSpanGiven) {
        const auto begin = momentFromText(options.from);
        const auto length = spanFrom(options.span);
        if (!begin || !length)
            return begin ? length.error() : begin.error();
        return HistorySpan{ *begin, *begin + *length };
    }
    const auto end
        = options.to.empty() ? Result<std::int64_t>(wallClockMilliseconds() + 1) : momentFromText(options.to);
    const auto length = spanFrom(options.span);
    if (!end || !length)
        return end ? length.error() : end.error();
    const auto begin = options.from.empty() ? Result<std::int64_t>(*end - *length) : momentFromText(options.from);
    if (!begin)
        return begin.error();
    if (*begin >= *end)
        return Error{ ErrorCode::InvalidArgument, "the time that is asked for ends before it begins", 0,
            "Give --from a moment before --to." };
    return HistorySpan{ *begin, *end };
}

void listWorkloads(Program& program, const std::vector<HistoryWorkload>& workloads)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("FROM"), QStringLiteral("TO"),
        QStringLiteral("ID") });
    for (const HistoryWorkload& each : workloads) {
        array.append(
            QJsonObject{ { QStringLiteral("name"), each.name }, { QStringLiteral("kind"), textOf(each.id.kind) },
                { QStringLiteral("id"), each.id.key }, { QStringLiteral("from_ms"), double(each.firstMilliseconds) },
                { QStringLiteral("to_ms"), double(each.lastMilliseconds) } });
        table.add({ each.name, textOf(each.id.kind), historyTimeText(each.firstMilliseconds),
            historyTimeText(each.lastMilliseconds), each.id.key.left(12) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
}

/// What `history NAME…` tells, or why not.
Result<> tell(Program& program, const HistoryDatabase& database, const std::vector<HistoryWorkload>& workloads,
    const HistoryOptions& options)
{
    const auto metrics = options.columns.empty() ? Result<std::vector<Metric>>({ Metric::CpuCores, Metric::PssBytes })
                                                 : statsColumns(options.columns);
    const auto span = wantedSpan(options);
    if (!metrics || !span)
        return metrics ? span.error() : metrics.error();
    QJsonArray array;
    QStringList tables;
    QString csv = QStringLiteral("time,id,kind,name,figure,unit,least,mean,greatest\n");
    for (const HistoryWorkload& workload : workloads) {
        const auto events = database.events(workload.id, *span, kMostPoints);
        if (!events)
            return events.error();
        QJsonArray json;
        std::vector<ToldFigure> figures;
        for (const Metric metric : *metrics) {
            auto told = toldFigure(database, workload, metric, *span, options.points);
            if (!told)
                return std::move(told).error();
            json.append(historyFigureJson(*told));
            csv += historyFigureCsv(workload, *told);
            figures.push_back(*std::move(told));
        }
        array.append(QJsonObject{ { QStringLiteral("name"), workload.name },
            { QStringLiteral("kind"), textOf(workload.id.kind) }, { QStringLiteral("id"), workload.id.key },
            { QStringLiteral("figures"), json }, { QStringLiteral("events"), historyEventsJson(*events) } });
        tables << historyFigureTable(workload, figures) + historyMarksTable(*events);
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(options.wantsCsv ? csv : tables.join(u'\n'));
    if (options.explains && !program.wantsJson())
        program.print(QLatin1Char('\n') + figureExplanations(*metrics));
    return {};
}

/// What `history NAME… --events` tells, or why not.
Result<> tellEvents(Program& program, const HistoryDatabase& database, const std::vector<HistoryWorkload>& workloads,
    const HistoryOptions& options)
{
    const auto span = wantedSpan(options);
    if (!span)
        return span.error();
    QJsonArray array;
    TextTable table(
        { QStringLiteral("TIME"), QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("EVENT") });
    QString csv = QStringLiteral("time,id,kind,name,event\n");
    for (const HistoryWorkload& workload : workloads) {
        const auto events = database.events(workload.id, *span, kMostPoints);
        if (!events)
            return events.error();
        for (const HistoryEvent& event : *events) {
            csv += historyCsvBeginning(event.wallMilliseconds, workload) + u',' + QLatin1String(nameOf(event.kind))
                + u'\n';
            table.add({ historyTimeText(event.wallMilliseconds), workload.name, textOf(workload.id.kind),
                historyEventWords(event.kind) });
        }
        array.append(QJsonObject{ { QStringLiteral("name"), workload.name },
            { QStringLiteral("kind"), textOf(workload.id.kind) }, { QStringLiteral("id"), workload.id.key },
            { QStringLiteral("events"), historyEventsJson(*events) } });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(options.wantsCsv ? csv : table.toText());
    return {};
}

/// By its name or the beginning of its key.
std::vector<HistoryWorkload> chosenBy(const std::string& name, const std::vector<HistoryWorkload>& all)
{
    std::vector<HistoryWorkload> chosen;
    const QString wanted = QString::fromStdString(name);
    std::copy_if(all.begin(), all.end(), std::back_inserter(chosen), [&wanted](const HistoryWorkload& each) {
        return each.name == wanted || (wanted.size() >= 4 && each.id.key.startsWith(wanted));
    });
    return chosen;
}

Error neverRead(const std::string& name)
{
    return Error{ ErrorCode::NotFound, "nothing named " + name + " was ever read", 0,
        "See what was with: twinhullctl history" };
}

/// Whose range lies under the first's: its own, or of those of that name the one of its kind.
Result<HistoryWorkload> secondOf(
    const HistoryWorkload& first, const HistoryOptions& options, const std::vector<HistoryWorkload>& all)
{
    if (options.againstName.empty())
        return first;
    auto candidates = chosenBy(options.againstName, all);
    if (candidates.empty())
        return neverRead(options.againstName);
    if (candidates.size() > 1)
        std::erase_if(candidates, [&first](const HistoryWorkload& each) { return each.id.kind != first.id.kind; });
    if (candidates.size() != 1)
        return Error{ ErrorCode::InvalidArgument, "more than one is named " + options.againstName, 0,
            "Give the beginning of its ID, as twinhullctl history lists it." };
    return candidates.front();
}

/// What each side that has no reading of a figure needs.
Result<> explainAbsences(const HistoryDatabase& database, OverlaidPair& pair)
{
    const auto length = pair.span.toMilliseconds - pair.span.fromMilliseconds;
    const HistorySpan under{ pair.secondFromMilliseconds, pair.secondFromMilliseconds + length };
    for (OverlaidFigure& figure : pair.figures) {
        const auto& points = figure.overlaid.points;
        const bool isFirstRead
            = std::any_of(points.begin(), points.end(), [](const auto& point) { return point.first.has_value(); });
        const bool isSecondRead
            = std::any_of(points.begin(), points.end(), [](const auto& point) { return point.second.has_value(); });
        const auto first
            = isFirstRead ? Result(ToldFigure()) : toldFigure(database, pair.first, figure.metric, pair.span, 1);
        const auto second
            = isSecondRead ? Result(ToldFigure()) : toldFigure(database, pair.second, figure.metric, under, 1);
        if (!first || !second)
            return first ? second.error() : first.error();
        figure.firstMissing = first->missing;
        figure.secondMissing = second->missing;
    }
    return {};
}

Result<OverlaidPair> laidOverEachOther(const HistoryDatabase& database, const HistoryWorkload& first,
    const HistoryOptions& options, const std::vector<HistoryWorkload>& all)
{
    const auto metrics = options.columns.empty() ? Result<std::vector<Metric>>({ Metric::CpuCores, Metric::PssBytes })
                                                 : statsColumns(options.columns);
    const auto span = wantedSpan(options);
    const auto second = secondOf(first, options, all);
    if (!metrics || !span)
        return metrics ? span.error() : metrics.error();
    if (!second)
        return second.error();
    const auto from
        = options.against.empty() ? Result<std::int64_t>(span->fromMilliseconds) : momentFromText(options.against);
    if (!from)
        return from.error();
    const auto length = span->toMilliseconds - span->fromMilliseconds;
    const auto firstEvents = database.events(first.id, *span, kMostPoints);
    const auto secondEvents = database.events(second->id, { *from, *from + length }, kMostPoints);
    if (!firstEvents || !secondEvents)
        return firstEvents ? secondEvents.error() : firstEvents.error();
    OverlaidPair pair{ first, *second, *span, *from, {}, *firstEvents, *secondEvents };
    for (const Metric metric : *metrics) {
        auto overlaid = layOver(
            database, { first.id, second->id, metric, span->fromMilliseconds, *from, length, options.points });
        if (!overlaid)
            return std::move(overlaid).error();
        pair.figures.push_back({ metric, *std::move(overlaid), {}, {} });
    }
    if (const auto explained = explainAbsences(database, pair); !explained)
        return explained.error();
    return pair;
}

/// What `history NAME… --against MOMENT` tells, or why not.
Result<> tellOverlaid(Program& program, const HistoryDatabase& database, const std::vector<HistoryWorkload>& chosen,
    const HistoryOptions& options, const std::vector<HistoryWorkload>& all)
{
    QJsonArray array;
    QString csv = QLatin1String(kOverlaidCsvHeading);
    QStringList tables;
    for (const HistoryWorkload& first : chosen) {
        const auto pair = laidOverEachOther(database, first, options, all);
        if (!pair)
            return pair.error();
        array.append(overlaidJson(*pair));
        csv += overlaidCsv(*pair);
        tables << overlaidTable(*pair);
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(options.wantsCsv ? csv : tables.join(u'\n'));
    return {};
}

Result<> history(Program& program, const HistoryOptions& options)
{
    const auto database = HistoryDatabase::open(program.folders().history(), HistoryDatabase::Access::Read);
    const auto all = database ? (*database)->workloads() : Result<std::vector<HistoryWorkload>>(database.error());
    if (!all)
        return all.error();
    if (options.names.empty()) {
        listWorkloads(program, *all);
        return {};
    }
    std::vector<HistoryWorkload> chosen;
    for (const std::string& name : options.names) {
        const auto named = chosenBy(name, *all);
        if (named.empty())
            return neverRead(name);
        chosen.insert(chosen.end(), named.begin(), named.end());
    }
    if (!options.against.empty() || !options.againstName.empty())
        return tellOverlaid(program, **database, chosen, options, *all);
    return options.wantsEvents ? tellEvents(program, **database, chosen, options)
                               : tell(program, **database, chosen, options);
}

} // namespace

void addHistoryVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<HistoryOptions>();
    auto* verb = app.add_subcommand("history",
        "what workloads cost in the past, as the window wrote it down: seconds of the last day, minutes of 30 days");
    verb->add_option("NAME", options->names, "only these, removed ones too; without it, what there is");
    auto* span = verb->add_option("--span", options->span, "how far back, or how long since --from: 90s, 15m, 6h, 30d");
    span->capture_default_str();
    auto* from = verb->add_option("--from", options->from, "since a moment: 2026-11-28, \"2026-11-28 10:30\"");
    auto* to = verb->add_option("--to", options->to, "up to a moment; else now");
    auto* against = verb->add_option(
        "--against", options->against, "lay a second range of the same length over it, that begins at this moment");
    auto* againstName = verb->add_option("--against-name", options->againstName, "whose that is; else its own");
    verb->add_option("--points", options->points, "most points of a figure; each keeps its least and greatest reading")
        ->check(CLI::Range(std::size_t{ 1 }, kMostPoints))
        ->capture_default_str();
    verb->add_option("--columns", options->columns, "figures, with commas: all, or some of " + statsColumnNames())
        ->delimiter(',')
        ->allow_extra_args(false); // what follows is a NAME
    verb->add_flag("--events", options->wantsEvents, "what happened to them instead of figures: started, stopped ...");
    verb->add_flag("--csv", options->wantsCsv, "of the workloads that are named, as CSV: a line a point, or an event")
        ->needs("NAME");
    verb->add_flag("--explain", options->explains, "below the tables what each figure means, its unit and source")
        ->needs("NAME")
        ->excludes("--csv")
        ->excludes("--events")
        ->excludes(against)
        ->excludes(againstName);
    for (CLI::Option* option : { against, againstName })
        option->needs("NAME")->excludes("--events");
    verb->callback([&chosen, options, span, to, from] {
        options->isSpanGiven = span->count() > 0;
        if (options->isSpanGiven && from->count() > 0 && to->count() > 0)
            throw CLI::ExcludesError("--span", "--from with --to");
        chosen = { Need::Images, [options](Program& program) {
                      if (const auto told = history(program, *options); !told)
                          program.fail(told.error());
                      else
                          program.finish();
                  } };
    });
}

} // namespace twinhull
