// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <memory>
#include <string>

#include <sys/types.h>

namespace twinhull {

/// The files of a log one after the other, from the oldest on: PATH.2, PATH.1, PATH, and through each rotation
/// (core/monitor/log_file.h) to the next. One that is read is held open, so it is read to its end wherever it was moved
/// to meanwhile.
class LogFiles {
public:
    explicit LogFiles(std::string path);

    /// The file after the latest one; null when that is the newest. NotFound while there is none at all.
    Result<std::shared_ptr<const UniqueFd>> next();
    /// True once files may have been removed before next() came to them: what they said is not known.
    bool hasGap() const { return m_hasGap; }

private:
    struct Identity {
        dev_t device = 0;
        ino_t node = 0;

        friend bool operator==(const Identity&, const Identity&) = default;
    };

    std::string pathOf(unsigned number) const;
    static Result<Identity> identityOf(int descriptor);
    bool isAt(unsigned number) const;
    Result<std::shared_ptr<const UniqueFd>> openNumber(unsigned number);
    Result<std::shared_ptr<const UniqueFd>> openOldest();

    std::string m_path;
    std::shared_ptr<const UniqueFd> m_latest; ///< held, so that its number is not given to another file
    Identity m_identity;
    bool m_hasGap = false;
};

} // namespace twinhull
