// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/vms/snapshots/domain_snapshot.h"

#include <QDateTime>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

/// What a link tells, on its own thread.
struct LinkListener {
    std::function<void(std::vector<DomainSnapshot>)> listed; ///< all domains, after each connect
    std::function<void(DomainSnapshot)> changed; ///< one that is new or not what it was
    std::function<void(QString uuid)> removed;
    std::function<void(Error)> lost; ///< not connected; tried again by itself
};

/// One libvirt connection kept alive by a thread of its own: connects, lists, follows the lifecycle events, connects
/// again with growing pauses when libvirtd goes away. Thread-safe.
class LibvirtLink {
public:
    LibvirtLink(QString uri, DataFolders folders, LinkListener listener, QString connection = {});
    /// Waits at most two seconds after stop() for the thread; a connect that hangs is left behind.
    ~LibvirtLink();
    void stop(); ///< tells nothing more, and does not wait

    /// The connection for one call more, or why there is none; Timeout where it is silent. Calls may block as long as
    /// libvirtd does.
    Result<ConnectionHandle> connection() const;

    /// When libvirt answered the last time; invalid before the first.
    QDateTime lastAnswer() const;

    /// The failure of what needs an answer, once the link, connected or connecting, has waited for one so long that
    /// none is expected. When an answer comes after a long silence, all is listed anew.
    std::optional<Error> silent() const;

    /// Has that domain read again and told of, and waits for it (a few seconds at most): what a job of ours changed is
    /// known before the job ends. Not from the link's own thread.
    void refresh(const QString& uuid);

    /// Blocks until the domain is not active any more as far as events and refreshes told.
    Result<> waitUntilInactive(const QString& uuid, std::chrono::milliseconds deadline) const;

private:
    struct Core;
    std::shared_ptr<Core> m_core;
};

} // namespace twinhull
