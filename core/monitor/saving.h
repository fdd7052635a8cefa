// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/monitor/hull_client.h"
#include "core/monitor/waiting.h"

namespace twinhull {

/// hull while it makes a checkpoint.
class Saving {
public:
    static Result<Saving> begin(const HullClient& hull, const HullClient::Checkpoint& checkpoint);

    int pidfd() const { return m_hull.pidfd.fd(); } ///< readable when it has ended
    /// Asks it to leave the container as it was; it still ends by itself.
    void giveUp() const;
    /// Blocks for its end. What it says of itself; whether the images are whole is told by its mark alone.
    Result<> end();

private:
    Saving(Child hull, Pipe messages) : m_hull(std::move(hull)), m_messages(std::move(messages)) { }

    Child m_hull;
    Pipe m_messages; ///< its lines are few: they fit into the pipe
};

} // namespace twinhull
