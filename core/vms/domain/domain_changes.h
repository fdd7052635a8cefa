// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/libvirt_handles.h"
#include "core/workload/workload_info.h"

#include <map>
#include <optional>
#include <vector>

namespace twinhull {

/// Asks for what libvirt has no event for: snapshots that were taken or deleted (virsh, virt-manager), and memory and
/// processors that were set. All of it lies in libvirtd's own memory, so no QEMU is asked: a call for all domains, one
/// more for each, and one for each that has snapshots. Blocks: libvirt threads only.
class DomainChanges {
public:
    /// Domains that are not what they were the last time, or were not there: since such a one was read, it may have
    /// changed already. None the first time.
    std::vector<QString> since(virConnectPtr link);

private:
    struct Seen {
        QStringList snapshots; ///< names
        std::uint64_t memoryKibibytes = 0;
        int cpus = 0;

        friend bool operator==(const Seen&, const Seen&) = default;
    };

    static Seen look(virDomainPtr domain, bool hasSnapshots);

    std::optional<std::map<QString, Seen>> m_seen; ///< by UUID; nothing before the first time
};

/// With the times at which they were taken; empty where libvirt does not say.
std::vector<WorkloadSnapshot> snapshotsOf(virDomainPtr domain);

/// From a snapshot's XML (formatsnapshot.html, creationTime); invalid where it does not say.
QDateTime snapshotTime(const QByteArray& xml);

} // namespace twinhull
