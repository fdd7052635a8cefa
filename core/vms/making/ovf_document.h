// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace twinhull {

/// A hard disk of an appliance, in the order in which its machine has them.
struct OvfDisk {
    QString fileName; ///< beside the description, never a path; empty: a new disk without content
    bool isGzipped = false;
    std::uint64_t capacityBytes = 0; ///< what a guest sees; 0: it is not said
};

/// What the description of an appliance says of its one machine (DMTF DSP0243, versions 1 and 2, with VMware's and
/// VirtualBox's words for the firmware). What is not said is 0 or empty.
struct OvfDocument {
    QString name; ///< any characters
    int cpus = 0;
    std::uint64_t memoryBytes = 0;
    bool bootsByUefi = false;
    QString systemName; ///< as it says it
    QStringList systemIds; ///< which of osinfo-db that may be, the best first
    int networkCards = 0;
    QStringList foreignBuses; ///< of its disks, where that is neither SATA nor virtio: "SCSI (lsilogic)", "IDE"
    std::vector<OvfDisk> disks;
    QStringList leftOut; ///< what its machine has and ours will not, by name
};

/// How many network cards its VM gets: its own, eight at most.
inline int networkCardsOf(const OvfDocument& said)
{
    return std::clamp(said.networkCards, 1, 8);
}

/// Anybody's text: at most 4 MiB without a DTD, 16 disks, file names without a slash. Unsupported for what is right and
/// not for us (several machines, disks that stand on others).
Result<OvfDocument> readOvf(const QByteArray& xml);

/// Whether a file that a description names is beside it: no path, nothing that is not shown, not hidden.
bool isPlainFileName(const QString& name);

} // namespace twinhull
