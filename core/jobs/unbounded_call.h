// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

class WorkWatch;

/// While it lives, its thread waits for another program, which may never answer. Where that is the thread of a
/// ThreadJob's work, a cancel does not wait for it longer than some seconds: the job ends, and the work, left to
/// itself, goes on. Of two on one thread the outer one counts.
class UnboundedCall {
public:
    UnboundedCall();
    ~UnboundedCall();
    UnboundedCall(const UnboundedCall&) = delete;
    UnboundedCall& operator=(const UnboundedCall&) = delete;

private:
    WorkWatch* m_watch; ///< null: not of a job, or within another
};

} // namespace twinhull
