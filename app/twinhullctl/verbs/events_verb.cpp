// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/moment_text.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/clock.h"
#include "core/history/history_database.h"
#include "core/metrics/age_clock.h"
#include "core/metrics/event_trail.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace twinhull {

namespace {

struct EventsOptions {
    std::vector<std::string> names;
    std::string kind;
    std::string since;
    std::string until;
    bool follows = false;
};

constexpr std::size_t kMostPastEvents = 100'000;

/// One event as it is told.
struct ToldEvent {
    std::int64_t wallMilliseconds = 0;
    WorkloadId id;
    QString name;
    WorkloadEventKind kind = WorkloadEventKind::Started;
};

void tellEvent(Program& program, const ToldEvent& event)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(event.wallMilliseconds);
    const QString word = QLatin1String(nameOf(event.kind));
    if (program.wantsJson()) {
        const QJsonObject json{ { QStringLiteral("time"), time.toUTC().toString(Qt::ISODateWithMs) },
            { QStringLiteral("time_ms"), static_cast<double>(event.wallMilliseconds) },
            { QStringLiteral("event"), word }, { QStringLiteral("name"), event.name },
            { QStringLiteral("kind"), textOf(event.id.kind) }, { QStringLiteral("id"), event.id.key } };
        program.print(QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact)) + u'\n');
        return;
    }
    program.print(QStringLiteral("%1  %2  %3  %4\n")
                      .arg(time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), textOf(event.id.kind), event.name,
                          QString(word).replace(u'_', u' ')));
}

bool isMeant(const EventsOptions& options, const QString& name, const WorkloadId& id)
{
    if (!options.kind.empty() && textOf(id.kind).toStdString() != options.kind)
        return false;
    const auto isIt = [&](const std::string& each) {
        const QString wanted = QString::fromStdString(each);
        return wanted == name || (wanted.size() >= 4 && id.key.startsWith(wanted));
    };
    return options.names.empty() || std::any_of(options.names.begin(), options.names.end(), isIt);
}

/// What the window wrote down, oldest first; nothing where it never did.
Result<std::vector<ToldEvent>> pastEvents(
    const std::string& path, const EventsOptions& options, const HistorySpan& span)
{
    std::vector<ToldEvent> all;
    const auto database = HistoryDatabase::open(path, HistoryDatabase::Access::Read);
    if (!database)
        return database.error().code == ErrorCode::NotFound ? Result(all) : database.error();
    const auto workloads = (*database)->workloads();
    if (!workloads)
        return workloads.error();
    for (const auto& workload : *workloads) {
        if (!isMeant(options, workload.name, workload.id))
            continue;
        const auto events = (*database)->events(workload.id, span, kMostPastEvents);
        if (!events)
            return events.error();
        for (const auto& event : *events)
            all.push_back({ event.wallMilliseconds, workload.id, workload.name, event.kind });
    }
    std::stable_sort(
        all.begin(), all.end(), [](const auto& a, const auto& b) { return a.wallMilliseconds < b.wallMilliseconds; });
    return all;
}

void followEvents(Program& program, const EventsOptions& options)
{
    auto* trail = new EventTrail(program.registry(), &program);
    QObject::connect(trail, &EventTrail::happened, &program, [&program, options](const WorkloadEvent& event) {
        const auto info = program.registry().find(event.id);
        if (!info || !isMeant(options, info->name, event.id))
            return;
        const auto age = (ageClockNanoseconds() - event.monotonicNanoseconds) / 1'000'000;
        tellEvent(program, { wallClockMilliseconds() - age, event.id, info->name, event.kind });
    });
    QObject::connect(&program, &Program::interrupted, &program, [&program] { program.finish(); });
    program.note(Program::tr("Waiting for what happens; Ctrl+C ends."));
}

void events(Program& program, const EventsOptions& options)
{
    const auto since = options.since.empty() ? Result<std::int64_t>(wallClockMilliseconds() - 3'600'000)
                                             : pastMomentFromText(options.since);
    const auto until
        = options.until.empty() ? Result<std::int64_t>(wallClockMilliseconds() + 1) : pastMomentFromText(options.until);
    if (!since || !until) {
        program.fail(since ? until.error() : since.error());
        return;
    }
    if (!options.follows || !options.since.empty()) {
        const auto past = pastEvents(program.folders().history(), options, { *since, *until });
        if (!past) {
            program.fail(past.error());
            return;
        }
        for (const auto& event : *past)
            tellEvent(program, event);
    }
    if (options.follows)
        followEvents(program, options);
    else
        program.finish();
}

} // namespace

void addEventsVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<EventsOptions>();
    auto* verb = app.add_subcommand("events",
        "what happened to workloads, as the window wrote it down, and with --follow what happens from now on");
    verb->add_option("NAME", options->names, "only these");
    verb->add_option("--kind", options->kind, "only of containers or VMs: container or vm")
        ->check(CLI::IsMember({ "container", "vm" }));
    verb->add_option("--since", options->since, "not before: 10m, 2026-11-28 (1h; with --follow: now)");
    auto* until = verb->add_option("--until", options->until, "not after that moment");
    verb->add_flag("-f,--follow", options->follows, "go on until Ctrl+C")->excludes(until);
    verb->callback([&chosen, options] {
        const Need live = options->kind == "container" ? Need::Containers : Need::Workloads;
        chosen = { options->follows ? live : Need::Images, [options](Program& program) { events(program, *options); },
            followedIf(options->follows) };
    });
}

} // namespace twinhull
