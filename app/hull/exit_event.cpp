// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/exit_event.h"

#include "app/hull/messages.h"

namespace twinhull::hull {

Result<ExitEvent> ExitEvent::from(const Arguments& arguments)
{
    ExitEvent wish;
    if (!arguments.has("exit-event") && !arguments.has("events"))
        return wish;
    if (!arguments.has("exit-event") || !arguments.has("events"))
        return Error{ ErrorCode::InvalidArgument, "--exit-event and --events go together", 0, {} };
    if (arguments.has("detach"))
        return Error{ ErrorCode::InvalidArgument, "--exit-event with --detach: nobody sees the program end", 0, {} };
    auto event = decodeJournalEvent(arguments.value("exit-event"));
    if (!event)
        return std::move(event).error().withContext("--exit-event");
    wish.m_folder = arguments.value("events");
    wish.m_event = *std::move(event);
    return wish;
}

void ExitEvent::note(int status) const
{
    if (!m_event)
        return;
    JournalEvent event = *m_event;
    event.wallMilliseconds = 0; // now
    event.attributes["exitCode"] = std::to_string(status);
    if (const auto written = EventJournal(m_folder).write(std::move(event)); !written)
        warn(written.error().toLine().c_str());
}

} // namespace twinhull::hull
