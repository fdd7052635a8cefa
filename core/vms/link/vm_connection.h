// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

#include <QTimer>

#include <functional>
#include <optional>

namespace twinhull {

/// How the connection of a provider fares, and when it answered last; of another host this is kept for later programs,
/// for the home connection each command would write a file. GUI thread.
class VmConnection {
public:
    using Silent = std::function<void(Error)>;

    /// `silent` is called, again and again, while libvirt leaves a call of the link without an answer.
    VmConnection(const VmToolbox& tools, QThreadPool* calls, Silent silent);

    void retire(); ///< the link tells nothing more, and nothing is watched

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
    std::unique_ptr<QTimer> m_watch;
    QDateTime m_earlier; ///< when an earlier program was answered
};

} // namespace twinhull
