// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/jobs/job.h"
#include "core/workload/workload_info.h"

#include <QByteArray>

#include <memory>
#include <vector>

namespace twinhull {

/// One of a machine's graphics devices: a server that shows its screen.
struct MachineScreen {
    enum class Kind { Vnc, Spice, Other };

    int index = 0; ///< among its graphics devices, as libvirt counts them
    Kind kind = Kind::Other;
    QString type; ///< libvirt's word: "vnc", "spice", "dbus"
    QString address; ///< "127.0.0.1:5900" or a socket's path, as its definition says it; empty: none, or not yet
    int heads = 1; ///< of its first video device: how many screens the guest can have
    bool hasTablet = false; ///< so the pointer inside is where the person's is; else it moves by steps

    friend bool operator==(const MachineScreen&, const MachineScreen&) = default;
};

/// A connection to such a server, before a word was said on it.
struct OpenedScreen {
    enum class Way { Local, Remote };

    UniqueFd descriptor; ///< blocking
    QByteArray password; ///< for when it asks; empty: none is known
    Way way = Way::Local; ///< remote: pixels are worth packing
};

/// The screens of machines. Jobs are handed out unstarted; `into` is written before they end.
class MachineScreens {
public:
    virtual ~MachineScreens() = default;

    /// Of what runs, else of what is defined. None for a machine without graphics.
    virtual std::unique_ptr<Job> readScreens(
        const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineScreen>> into)
        = 0;
    /// Of a machine that runs. Fails with the ways that were tried.
    virtual std::unique_ptr<Job> openScreen(const WorkloadInfo& machine, int index, std::shared_ptr<OpenedScreen> into)
        = 0;
    /// Starts an installed viewer (virt-viewer, else remote-viewer), which outlives us. Unavailable names the package.
    virtual std::unique_ptr<Job> openInViewer(const WorkloadInfo& machine, int index) = 0;
};

/// A provider whose workloads are machines with screens; found by dynamic_cast.
class HasMachineScreens {
public:
    virtual ~HasMachineScreens() = default;

    virtual MachineScreens& screens() = 0;
};

} // namespace twinhull
