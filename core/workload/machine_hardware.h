// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/host_device.h"
#include "core/workload/workload_info.h"

#include <QByteArray>

#include <memory>

namespace twinhull {

/// One thing that can be said of a device or of the machine, as text: what the command line takes for `key=VALUE`.
struct HardwareField {
    enum class Kind { Text, Number, Bytes, Choice, Flag, Path };

    QString key; ///< "cache", "max-cpus"
    QString label; ///< as a person reads it
    Kind kind = Kind::Text;
    QStringList choices; ///< usual ones; libvirt may take others
    QString form; ///< how it is written, as an example; may be empty
    QString value; ///< of the definition; empty: not said. A size as "512M", a flag as "yes"
    std::optional<QString> runningValue; ///< where the machine runs with another

    friend bool operator==(const HardwareField&, const HardwareField&) = default;
};

/// A device, or a part of the machine itself.
struct HardwareDevice {
    enum class Presence {
        Defined, ///< and running, where the machine runs
        AfterShutdown, ///< only defined: it comes with the next start
        UntilShutdown, ///< only running: it goes with the next shutdown
    };

    QString key; ///< "vda", "52:54:00:12:34:56", "processor"; names one device of the machine
    QString kind; ///< "disk", "nic", "processor"
    QString title; ///< "Disk vda"
    bool isRemovable = true; ///< false: a part of the machine
    Presence presence = Presence::Defined;
    std::vector<HardwareField> fields;

    bool isPending() const;
    friend bool operator==(const HardwareDevice&, const HardwareDevice&) = default;
};

/// A machine's hardware as it is defined and, where it runs, as it runs.
struct HardwareDescription {
    std::vector<HardwareDevice> devices; ///< parts of the machine first
    QByteArray definedXml; ///< with all that libvirt keeps secret otherwise (passwords of screens)
    QByteArray runningXml; ///< empty: it does not run
    int earlierDefinitions = 0; ///< how often takeBack() can go back

    bool isPending() const; ///< something waits for a shutdown
};

inline bool HardwareDevice::isPending() const
{
    if (presence != Presence::Defined)
        return true;
    for (const auto& field : fields) {
        if (field.runningValue)
            return true;
    }
    return false;
}

inline bool HardwareDescription::isPending() const
{
    for (const auto& device : devices) {
        if (device.isPending())
            return true;
    }
    return false;
}

struct HardwareEdit {
    enum class Verb { Set, Add, Remove };

    Verb verb = Verb::Set;
    QString device; ///< Set, Remove: a device's key, Set: empty for the machine itself; Add: a kind
    QMap<QString, QString> values; ///< by key; an empty text takes the value away
};

/// What became of an edit; read once its job has succeeded.
struct HardwareOutcome {
    QString device; ///< the key of what was added or set
    QByteArray definedXml; ///< as libvirt has it now
    QString pendingReason; ///< why it waits for the next shutdown; empty: it does not
};

/// The hardware of machines, edited. What an edit does not name stays in the definition as it was. Every definition
/// that is replaced is kept. Jobs are handed out unstarted; `into` is written before they end.
class MachineHardware {
public:
    virtual ~MachineHardware() = default;

    virtual std::unique_ptr<Job> read(const WorkloadInfo& machine, std::shared_ptr<HardwareDescription> into) = 0;
    /// Defined at once, and done to a running machine where that can be done.
    virtual std::unique_ptr<Job> edit(
        const WorkloadInfo& machine, const HardwareEdit& edit, std::shared_ptr<HardwareOutcome> into)
        = 0;
    /// Replaces the definition, or makes a machine where it names a new one. Checked against the schema: the error
    /// names the line. Busy where `before` is not empty and not what is defined any more.
    virtual std::unique_ptr<Job> define(
        const QByteArray& xml, const QByteArray& before, std::shared_ptr<HardwareOutcome> into)
        = 0;
    /// Defines again what stood before the latest change.
    virtual std::unique_ptr<Job> takeBack(const WorkloadInfo& machine, std::shared_ptr<HardwareOutcome> into) = 0;

    /// One of each kind that can be added, with what is usual.
    virtual std::vector<HardwareDevice> addable() const = 0;
    /// The USB and PCI devices of that computer. Null where nothing can be said of them.
    virtual std::unique_ptr<Job> readHostDevices(std::shared_ptr<std::vector<HostDevice>> into) = 0;
};

/// A provider whose workloads are machines with hardware; found by dynamic_cast.
class HasMachineHardware {
public:
    virtual ~HasMachineHardware() = default;

    virtual MachineHardware& hardware() = 0;
};

} // namespace twinhull
