// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/twin_plan.h"
#include "core/workload/machine_choice.h"
#include "core/workload/workload_plan.h"
#include "ui/create/machine_form.h"
#include "ui/create/more_form.h"

namespace twinhull {

enum class NewWorkload { Container, Vm, Twin };

/// Where a VM comes from.
enum class VmSource {
    Image,
    Iso,
    Disk,
    CloudImage,
    Tree, ///< an installer's kernel and initrd, from an address, a folder or an ISO file
    Network, ///< a server in its network (PXE)
};

/// What a container can have and the sheet has no field for; taken over from the one that is duplicated.
struct UnseenOptions {
    std::vector<unsigned> pinnedCpus;
    bool hasTerminal = false;
    bool hasInput = false;
    std::chrono::milliseconds healthTimeout = HealthCheck().timeout; ///< these three where there is a check
    std::chrono::milliseconds healthStartPeriod = HealthCheck().startPeriod;
    std::chrono::milliseconds healthStartInterval = HealthCheck().startInterval;
    QStringList environment; ///< those that no line can hold
    std::vector<Mount> mounts; ///< those that cannot be written among others
    std::vector<ProcessLimit> processLimits;
};

/// Where a VM that is not made from an image shall be.
struct FormHost {
    QString connection; ///< name of the connection; empty: the home one
    bool isElsewhere = false; ///< another computer, which has none of this one's files

    friend bool operator==(const FormHost&, const FormHost&) = default;
};

/// What stands in the create sheet, as typed. Text becomes values in form_text.h and is judged in form_check.h.
struct CreateForm {
    NewWorkload kind = NewWorkload::Container;
    VmSource vmSource = VmSource::Image;
    QString image; ///< reference or digest
    QString mediumPath; ///< ISO or disk; of a Tree its address, too
    std::uint64_t diskBytes = 0; ///< of the new disk beside an installer
    QString name;
    QString command; ///< words as a shell would split them; empty: the image's own
    QString environment; ///< one KEY=VALUE a line
    QString ports; ///< [ADDRESS:]HOST:INSIDE[/udp], also ranges, separated by commas or spaces
    QString mounts; ///< SOURCE:TARGET[:ro], separated by commas or line ends
    std::uint16_t twinPort = 0; ///< 0: the image's first exposed port
    ResourceLimits limits;
    bool hasNetwork = true;
    MoreForm more;
    FormHost host; ///< of a VM
    MachineChoice imageMachine = MachineChoice::Automatic; ///< of a VM made from an image, and of a twin's
    MachineForm machine; ///< of a VM that is not made from an image
    UnseenOptions unseen;

    bool makesDisk() const
    {
        return vmSource == VmSource::Iso || vmSource == VmSource::Tree || vmSource == VmSource::Network;
    }
    bool hasSource() const { return vmSource == VmSource::Network || !mediumPath.isEmpty(); }
    /// VMs with a system of their own alone can be on other hosts.
    bool isElsewhere() const { return !usesImage() && host.isElsewhere; }
    QString connection() const { return kind == NewWorkload::Vm ? host.connection : QString(); }
    bool usesImage() const { return kind != NewWorkload::Vm || vmSource == VmSource::Image; }
};

/// Only for a form that was found right.
WorkloadPlan workloadPlanOf(const CreateForm& form);
/// Of a VM that is not made from an image; keys and own data are still to be read (readCloudFiles()).
MachineImport machineImportOf(const CreateForm& form);
TwinPlan twinPlanOf(const CreateForm& form);

} // namespace twinhull
