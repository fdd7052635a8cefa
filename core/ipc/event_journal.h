// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What happened to a container, an image, a volume or a network of this person's, in podman's words.
struct JournalEvent {
    std::int64_t wallMilliseconds = 0; ///< 0 where it is to be written: now
    std::string type; ///< "container", "image", "volume", "network"
    std::string action; ///< "start", "died", "pull" …
    std::string id; ///< of a container its key, of an image its digest; empty: the name is all there is
    std::string name;
    std::map<std::string, std::string> attributes = {};

    friend bool operator==(const JournalEvent&, const JournalEvent&) = default;
};

/// One record of a JSON text sequence (RFC 7464): the byte 0x1E, an object, a line feed. What was torn ends where the
/// next 0x1E stands, so it spoils nothing but itself. Long texts are cut.
std::string encodeJournalEvent(const JournalEvent& event);
/// The object alone.
Result<JournalEvent> decodeJournalEvent(std::string_view json);

/// The files `journal` and `journal.1` in a folder. Every monitor and command writes them, without waiting for anybody:
/// a record is one write(2) with O_APPEND, and whoever finds the file full renames it. Killed at any moment, a writer
/// leaves whole records.
class EventJournal {
public:
    static constexpr std::uint64_t kFileLimitBytes = 4U << 20U; ///< of each of the two, but for the last record

    /// An empty folder: nothing is written.
    explicit EventJournal(std::string folder, std::uint64_t fileLimitBytes = kFileLimitBytes);

    /// Makes the folder where it is missing. OutOfSpace where the file is full several times and cannot be renamed.
    Result<> write(JournalEvent event) const;

private:
    std::string m_folder;
    std::uint64_t m_fileLimitBytes;
};

/// The same with a failure in the log: nothing that happens fails because it could not be written down.
void noteEvent(const std::string& folder, JournalEvent event);

} // namespace twinhull
