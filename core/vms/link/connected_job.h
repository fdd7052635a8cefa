// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

#include <functional>

namespace twinhull {

using ConnectedWork = std::function<Result<>(virConnectPtr, const VmToolbox&, JobContext&)>;

/// Work with the connection of these tools on a thread of `calls`, which must outlive it; fails with why there is none.
inline std::unique_ptr<Job> connectedJob(const QString& title, QThreadPool* calls, VmToolbox tools, ConnectedWork work)
{
    return std::make_unique<ThreadJob>(
        title, calls, [tools = std::move(tools), work = std::move(work)](JobContext& context) -> Result<> {
            auto connection = tools.link->connection();
            return connection ? work(connection->get(), tools, context) : std::move(connection).error();
        });
}

} // namespace twinhull
