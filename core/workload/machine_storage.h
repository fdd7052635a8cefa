// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/named_definitions.h"

#include <QMap>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

/// Who needs a volume.
struct MachineVolumeUser {
    QString name; ///< of a machine, or POOL/VOLUME where another volume is based on it
    QString role; ///< as a person reads it: "disk vda", "what disk vda is based on", "kernel"
    QString disk; ///< "vda", where it is the disk itself that the machine writes to; empty else
    bool isRunning = false;

    friend bool operator==(const MachineVolumeUser&, const MachineVolumeUser&) = default;
};

struct MachineVolume {
    QString pool;
    QString name;
    QString path; ///< as a machine's definition names it
    QString kind; ///< libvirt's word: "file", "block", "dir", "network"
    QString format; ///< "qcow2", "raw", "iso"; may be empty
    QString backingPath; ///< what it is based on; empty: nothing
    std::uint64_t capacityBytes = 0; ///< as a guest sees it
    std::uint64_t allocatedBytes = 0; ///< what it takes
    std::vector<MachineVolumeUser> users = {};

    bool isUsedByRunning() const;
    friend bool operator==(const MachineVolume&, const MachineVolume&) = default;
};

/// A storage pool: a place in which a hypervisor keeps disks.
struct MachinePool {
    QString name;
    QString uuid;
    QString type; ///< a PoolKind's
    QString source; ///< where its data comes from, "server:/export", "/dev/sdb"; may be empty
    QString target; ///< where its volumes can be found here; may be empty
    bool isRunning = false;
    bool isPersistent = true; ///< false: it is gone once it is stopped
    bool isAutostarted = false;
    /// Absent while it does not run: nobody can tell.
    std::optional<std::uint64_t> capacityBytes = {};
    std::optional<std::uint64_t> allocatedBytes = {};
    std::optional<std::uint64_t> availableBytes = {};
    std::vector<MachineVolume> volumes = {}; ///< by name; none while it does not run
    QString trouble; ///< why machines cannot use what is in it; empty: nothing is known
    QString nextStep; ///< against that
};

/// One thing that a kind of pool is told.
struct PoolField {
    QString key; ///< "host", "device"
    QString label;
    QString example;
    bool isRequired = false;
};

struct PoolKind {
    QString type; ///< libvirt's word: "dir", "netfs", "logical"
    QString label;
    std::vector<PoolField> fields;
    bool isSupported = true; ///< by the libvirt that is asked
};

struct PoolWish {
    /// What may be done to what the pool stands on.
    enum class Making {
        Folder, ///< a missing folder is made
        Empty, ///< a file system, volume group or partition table is made where there is none
        Overwritten, ///< is made whatever is there
    };

    QString name;
    QString type;
    QMap<QString, QString> fields; ///< by a PoolField's key
    Making making = Making::Folder;
    bool isAutostarted = true;
};

struct VolumeName {
    QString pool;
    QString name;
};

struct VolumeWish {
    VolumeName name;
    std::uint64_t capacityBytes = 0; ///< 0: as large as what it is based on
    QString format; ///< empty: qcow2 where the pool keeps files, else what is usual there
    QString backingPath; ///< empty: it begins empty
    bool isWhole = false; ///< its room is taken at once
};

enum class PoolChange {
    Start,
    Stop,
    Refresh,
    Delete, ///< the definition; what is in it stays where it is
    Autostart,
    NoAutostart,
    LetIn, ///< who machines run as may come to what is in it, by access lists of the folders on the way
};
enum class ShrinkRule { Refuse, Allow };
/// Of machines; what runs is never taken a volume from.
enum class VolumeUse {
    Refuse, ///< where it cannot be told, too
    RefuseKnown, ///< for one that was made a moment ago: what cannot be looked at is older
    IgnoreStopped,
};

/// The storage pools of a hypervisor, what is in them, and their definitions. Jobs are handed out unstarted; `into` is
/// written before they end. NotFound names what is not there. Busy names who uses a volume.
class MachineStorage : public NamedDefinitions {
public:
    /// Those of these names, all where there are none, by name.
    virtual std::unique_ptr<Job> readPools(const QStringList& names, std::shared_ptr<std::vector<MachinePool>> into)
        = 0;
    virtual std::unique_ptr<Job> readPoolKinds(std::shared_ptr<std::vector<PoolKind>> into) = 0;
    /// Defined, made and started, or nothing is left of it.
    virtual std::unique_ptr<Job> createPool(const PoolWish& wish) = 0;
    virtual std::unique_ptr<Job> changePool(const QString& name, PoolChange change) = 0;

    virtual std::unique_ptr<Job> createVolume(const VolumeWish& wish) = 0;
    /// The disk of a running machine is enlarged while it runs.
    virtual std::unique_ptr<Job> resizeVolume(const VolumeName& volume, std::uint64_t bytes, ShrinkRule rule) = 0;
    /// A copy; `format` empty: as the first. libvirt cannot stop in the middle: cancelled, the copy is removed when it
    /// is done.
    virtual std::unique_ptr<Job> cloneVolume(const VolumeName& from, const VolumeName& to, const QString& format) = 0;
    /// A new volume of a file of this computer, byte for byte; gone again when that fails or is cancelled.
    virtual std::unique_ptr<Job> uploadVolume(const VolumeName& to, const QString& path) = 0;
    /// Into a new file of this computer; holes stay holes.
    virtual std::unique_ptr<Job> downloadVolume(const VolumeName& volume, const QString& path) = 0;
    /// Overwrites it with zeros; it stays, empty.
    virtual std::unique_ptr<Job> wipeVolume(const VolumeName& volume) = 0;
    virtual std::unique_ptr<Job> deleteVolume(const VolumeName& volume, VolumeUse use) = 0;
};

/// A provider whose machines keep their disks in pools; found by dynamic_cast.
class HasMachineStorage {
public:
    virtual ~HasMachineStorage() = default;

    virtual MachineStorage& storage() = 0;
};

inline bool MachineVolume::isUsedByRunning() const
{
    for (const auto& user : users) {
        if (user.isRunning)
            return true;
    }
    return false;
}

} // namespace twinhull
