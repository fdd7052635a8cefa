// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

#include <optional>

namespace twinhull {

/// How the connection of a provider fares, and when it answered last, which is kept for later programs. GUI thread.
class VmConnection {
public:
    VmConnection(const VmToolbox& tools, QThreadPool* calls);

    void keepLastSeen() const; ///< writes it on a thread of `calls`, where there is something new

    ConnectionStatus status(const std::optional<Error>& lost, bool isSettled, std::size_t workloads) const;

    /// What is shown of a VM while nobody answers for it: what was known, and of when.
    WorkloadInfo lastKnown(WorkloadInfo info) const;

    /// Images are in the store of this computer, so VMs from them are made on the home connection only.
    static Error refuseImages();

private:
    std::string path() const;
    QDateTime lastSeen() const;

    std::shared_ptr<LibvirtLink> m_link;
    DataFolders m_folders;
    QString m_name;
    QString m_uri;
    QThreadPool* m_calls;
    QDateTime m_earlier; ///< when an earlier program was answered
};

} // namespace twinhull
