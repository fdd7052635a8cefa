// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <vector>

namespace twinhull::runtime {

/// While it lives, a process whose parent ends becomes a child of this one instead of init's (prctl(2),
/// PR_SET_CHILD_SUBREAPER), whatever session it has given itself: nothing that a child started can get away.
/// What is not ended stays a child until this process ends.
class Orphans {
public:
    Orphans();
    ~Orphans();
    Orphans(const Orphans&) = delete;
    Orphans& operator=(const Orphans&) = delete;

    /// Kills and reaps all children that came since then, until there are none. Does nothing where /proc is not that of
    /// this process's pid namespace: its numbers would mean others. Such a process is a container's, and what it
    /// leaves ends with the container.
    void end() const;

private:
    int m_wasKeeper = 0;
    std::vector<pid_t> m_others; ///< children from before: not reaped meanwhile, so their numbers stay theirs
};

} // namespace twinhull::runtime
