// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/libvirt_handles.h"
#include "core/workload/machine_migration.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

/// What a host says of itself, as far as a machine that comes to it needs that. What it does not tell is left out, and
/// stands in no way.
struct MigrationHost {
    QByteArray capabilities; ///< of libvirt (formatcaps)
    unsigned long hypervisorVersion = 0; ///< 1'000'000 * major + 1'000 * minor + release, as libvirt counts
    unsigned long libvirtVersion = 0;
    std::uint64_t memoryBytes = 0; ///< of all of it
    std::optional<std::uint64_t> availableBytes; ///< that it can give without taking it from others
};

/// Blocks: libvirt threads only.
MigrationHost readMigrationHost(virConnectPtr connection);

struct MigrationNeeds {
    QString name;
    QString type; ///< "kvm", "qemu" …
    QString architecture; ///< empty: as the host's
    QString machine; ///< "pc-q35-7.2"; empty: as the host likes
    std::uint64_t memoryBytes = 0;
    bool isLive = false;
    QString osType = {}; ///< "hvm", "xen" …; empty: whatever there is
};

/// What of that the destination, which is called `to`, cannot give; and what may turn out so.
std::vector<MigrationObstacle> fitObstacles(
    const MigrationNeeds& needs, const MigrationHost& source, const MigrationHost& destination, const QString& to);

} // namespace twinhull
