// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_choice.h"
#include "core/workload/workload_plan.h"

namespace twinhull {

/// One image, once as a container and once as a VM: what both halves share.
struct TwinPlan {
    QString imageReference; ///< as ImageStore::find() takes it
    QString name; ///< of both halves and of the group
    QStringList command; ///< empty: the image's own
    QStringList environment;
    ResourceLimits limits; ///< the VM's size; a limit of the container only where set by the person
    std::vector<unsigned> pinnedCpus; ///< of both halves, helpers too; empty: any
    MachineChoice machine = MachineChoice::Automatic; ///< of the VM
    std::uint16_t workloadPort
        = 0; ///< published for both on free ports of 127.0.0.1; 0: the image's first exposed TCP port, if any
};

} // namespace twinhull
