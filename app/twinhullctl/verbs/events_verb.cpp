// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/moment_text.h"
#include "app/twinhullctl/told_event.h"
#include "core/base/clock.h"
#include "core/ipc/journal_reader.h"
#include "core/metrics/age_clock.h"
#include "core/metrics/event_trail.h"
#include "core/workload/journal_follower.h"

#include <QJsonDocument>

#include <optional>

namespace twinhull {

namespace {

struct EventsOptions {
    std::vector<std::string> names;
    std::string kind;
    std::string since;
    std::string until;
    std::vector<std::string> filters;
    bool follows = false;
};

void tellEvent(Program& program, const ToldEvent& event)
{
    program.print(program.wantsJson()
            ? QString::fromUtf8(QJsonDocument(toJson(event)).toJson(QJsonDocument::Compact)) + u'\n'
            : eventLine(event) + u'\n');
}

Result<EventFilter> filterFrom(const EventsOptions& options)
{
    auto filter = EventFilter::parse(options.filters);
    if (!filter)
        return filter;
    if (!options.kind.empty())
        filter->add(QStringLiteral("type"), QString::fromStdString(options.kind));
    for (const auto& name : options.names)
        filter->add(EventFilter::kAnyName, QString::fromStdString(name));
    return filter;
}

/// The journal tells of containers, images, volumes and networks, whoever did it; of VMs libvirt does.
void followEvents(Program& program, JournalFollower* follower, const EventFilter& filter)
{
    QObject::connect(follower, &JournalFollower::happened, &program, [&program, filter](const JournalEvent& event) {
        if (const auto told = toldEvent(event); filter.fits(told))
            tellEvent(program, told);
    });
    QObject::connect(
        follower, &JournalFollower::failed, &program, [&program](const Error& error) { program.fail(error); });
    auto* trail = new EventTrail(program.registry(), &program);
    QObject::connect(trail, &EventTrail::happened, &program, [&program, filter](const WorkloadEvent& event) {
        const auto info = program.registry().find(event.id);
        if (!info || event.id.kind == WorkloadKind::Container)
            return;
        const auto age = (ageClockNanoseconds() - event.monotonicNanoseconds) / 1'000'000;
        const auto told = toldEvent(event.id, info->name, wallClockMilliseconds() - age, event.kind);
        if (filter.fits(told))
            tellEvent(program, told);
    });
    QObject::connect(&program, &Program::interrupted, &program, [&program] { program.finish(); });
    program.note(Program::tr("Waiting for what happens; Ctrl+C ends."));
}

/// What was, and where it is followed exactly what comes after that.
void tellAndFollow(Program& program, const EventsOptions& options, std::int64_t since,
    std::optional<std::int64_t> until, const EventFilter& filter)
{
    auto* follower = options.follows ? new JournalFollower(program.folders().events(), &program) : nullptr;
    const auto journal = follower != nullptr ? follower->begin() : JournalReader(program.folders().events()).read();
    if (!journal) {
        program.fail(journal.error());
        return;
    }
    if (!options.follows || !options.since.empty()) {
        const auto past
            = pastEvents(program.folders(), { since, until.value_or(wallClockMilliseconds() + 1) }, *journal);
        if (!past) {
            program.fail(past.error());
            return;
        }
        for (const auto& event : *past) {
            if (filter.fits(event))
                tellEvent(program, event);
        }
    }
    if (follower != nullptr)
        followEvents(program, follower, filter);
    else
        program.finish();
}

void events(Program& program, const EventsOptions& options)
{
    const auto since = options.since.empty() ? Result<std::int64_t>(wallClockMilliseconds() - 3'600'000)
                                             : pastMomentFromText(options.since);
    const auto until = options.until.empty() ? Result<std::int64_t>(0) : pastMomentFromText(options.until);
    const auto filter = filterFrom(options);
    if (!since || !until || !filter) {
        program.fail(!since ? since.error() : !until ? until.error() : filter.error());
        return;
    }
    tellAndFollow(program, options, *since, options.until.empty() ? std::nullopt : std::optional(*until), *filter);
}

} // namespace

void addEventsVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<EventsOptions>();
    auto* verb = app.add_subcommand("events",
        "what happened to containers, images, volumes, networks and VMs, and with --follow what happens from now on");
    verb->add_option("NAME", options->names, "only these");
    verb->add_option("--kind", options->kind, "only of containers or VMs: container or vm")
        ->check(CLI::IsMember({ "container", "vm" }));
    verb->add_option("--since", options->since, "not before: 10m, 2026-11-28 (1h; with --follow: now)");
    auto* until = verb->add_option("--until", options->until, "not after that moment");
    verb->add_option("--filter", options->filters,
            "type=image, event=died, container=NAME, vm=, image=, volume=, network=; of one key any, of several each")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    verb->add_flag("-f,--follow", options->follows, "go on until Ctrl+C")->excludes(until);
    verb->callback([&chosen, options] {
        const Need live = options->kind == "container" ? Need::Containers : Need::Workloads;
        chosen = { options->follows ? live : Need::Images, [options](Program& program) { events(program, *options); },
            followedIf(options->follows) };
    });
}

} // namespace twinhull
