// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/upkeep.h"
#include "core/workload/plan_options.h"
#include "core/workload/workload_info.h"

#include <variant>

namespace twinhull {

/// An OCI image of the ImageStore, by reference ("twinhull/starter:latest") or digest.
struct ImageSource {
    QString reference;
};
/// An installation medium and a new empty disk. Without a medium it starts from the network (PXE) while the disk is
/// empty.
struct IsoSource {
    QString path; ///< empty: none
    std::uint64_t diskBytes = 0;
};
/// A disk that exists already (qcow2 or raw); used in place.
struct DiskSource {
    QString path;
};

/// A folder of the host or a named volume inside the workload.
struct Mount {
    QString source; ///< absolute path, or the name of a volume
    QString target; ///< absolute path inside
    bool readOnly = false;
    bool startsEmpty = false; ///< a new volume does not get what the image has at that path

    friend bool operator==(const Mount&, const Mount&) = default;
};

/// What a person asks for when a workload is made; the same for both kinds. A provider refuses what its kind cannot do,
/// by an error and not by silence.
struct WorkloadPlan {
    QString name;
    std::variant<ImageSource, IsoSource, DiskSource> source;
    QStringList command; ///< replaces the image's command; empty: the image's own
    QStringList environment; ///< KEY=VALUE, on top of the image's
    std::vector<PublishedPort> ports;
    std::vector<Mount> mounts;
    ResourceLimits limits; ///< for a VM memoryBytes and cpus are its size
    std::vector<unsigned> pinnedCpus; ///< the processors that all of it may use, helpers too; empty: any
    bool hasNetwork = true; ///< false: --network none
    bool hasHostNetwork = false; ///< --network host: this computer's own; never with networks
    std::vector<NetworkUse> networks; ///< those of the person's own; empty: one by itself, by way of a helper
    bool hasTerminal = false; ///< standard input and output are a terminal that one can attach to
    bool hasInput = false; ///< without a terminal: standard input is a pipe that one can attach to, not /dev/null
    Upkeep upkeep; ///< of a container; a VM refuses all but the default
    QString twinGroup;
    ProcessOptions process;
    NamingOptions naming;
    FileOptions files;
    SecurityOptions security;
    FineLimits fineLimits;
    Labels labels;
};

} // namespace twinhull
