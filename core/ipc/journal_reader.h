// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/ipc/event_journal.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace twinhull {

/// Reads what an EventJournal has kept, and then what comes, also where the files change their names meanwhile. Records
/// that are none are passed over: they are files that anything may have happened to.
class JournalReader {
public:
    explicit JournalReader(std::string folder);

    /// Everything since the last call, in the order of the files; at the first one all that is kept. Nothing where
    /// there is no journal.
    Result<std::vector<JournalEvent>> read();

private:
    struct File {
        UniqueFd fd;
        dev_t device = 0;
        ino_t inode = 0;
        off_t offset = 0;
        std::string rest; ///< of a record whose end is to come
    };

    Result<> findFiles();
    Result<File> open(const std::string& name) const;
    bool isKnown(const File& file) const;
    bool isStill(const File* file, const std::string& name) const;
    static Result<> drain(File& file, std::vector<JournalEvent>& events);

    std::string m_folder;
    std::vector<File> m_files; ///< the latest two, oldest first: whoever had one open may write to it still
};

} // namespace twinhull
