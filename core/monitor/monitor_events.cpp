// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include <csignal>
#include <cstring>
#include <utility>

namespace twinhull {

/// Its name and image are as settings.json has them now.
JournalEvent Monitor::eventOf(const char* action, std::map<std::string, std::string> attributes) const
{
    const auto settings = readSettings();
    JournalEvent event{ 0, "container", action, m_arguments.id, settings ? settings->name : m_arguments.id,
        std::move(attributes) };
    if (settings)
        event.attributes["image"] = settings->imageReference;
    return event;
}

void Monitor::note(const char* action, std::map<std::string, std::string> attributes) const
{
    if (!m_arguments.eventsFolder.empty())
        noteEvent(m_arguments.eventsFolder, eventOf(action, std::move(attributes)));
}

/// Both once it runs: nobody is to wait for a disk before.
void Monitor::noteStart(std::int64_t createdMilliseconds) const
{
    if (m_arguments.eventsFolder.empty())
        return;
    JournalEvent event = eventOf("init");
    event.wallMilliseconds = createdMilliseconds;
    noteEvent(m_arguments.eventsFolder, event);
    event.action = m_isRestoring ? "restore" : "start";
    event.wallMilliseconds = m_status.startedWallMilliseconds;
    noteEvent(m_arguments.eventsFolder, event);
}

/// Of m_status.exit.
void Monitor::noteEnd()
{
    const ExitRecord& exit = *m_status.exit;
    if (exit.wasOutOfMemory)
        note("oom");
    std::map<std::string, std::string> attributes;
    if (exit.exitStatus)
        attributes["exitCode"] = std::to_string(*exit.exitStatus);
    if (exit.wasCheckpointed)
        attributes["checkpointed"] = "true";
    if (exit.wasOutOfMemory)
        attributes["oom"] = "true";
    note("died", std::move(attributes));
    if (std::exchange(m_isStopNoted, false))
        note("stop");
}

/// What was asked and has been done.
void Monitor::noteRequest(const MonitorRequest& request, MonitorPhase before)
{
    switch (request.verb) {
    case MonitorVerb::Kill: {
        const int number = request.signal > 0 ? request.signal : SIGKILL;
        const char* name = ::sigabbrev_np(number); // null for real-time ones
        note("kill", { { "signal", name != nullptr ? std::string("SIG") + name : std::to_string(number) } });
        break;
    }
    case MonitorVerb::Pause:
    case MonitorVerb::Resume:
        if (m_status.phase != before)
            note(request.verb == MonitorVerb::Pause ? "pause" : "unpause");
        break;
    case MonitorVerb::Attach:
        note("attach");
        break;
    default:
        break;
    }
}

} // namespace twinhull
