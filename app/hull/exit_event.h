// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/hull/arguments.h"
#include "core/ipc/event_journal.h"

#include <optional>

namespace twinhull::hull {

/// What a caller that becomes hull, and so cannot wait for the program's end, wants noted in a journal of events:
/// --events FOLDER and --exit-event JSON, an event as decodeJournalEvent() reads it.
class ExitEvent {
public:
    /// One that notes nothing where the options are absent. InvalidArgument for one without the other, and with
    /// --detach, because nobody is there then.
    static Result<ExitEvent> from(const Arguments& arguments);

    /// With the program's status as podman has it, "exitCode". A failure is a warning: the program has run.
    void note(int status) const;

private:
    std::string m_folder;
    std::optional<JournalEvent> m_event;
};

} // namespace twinhull::hull
