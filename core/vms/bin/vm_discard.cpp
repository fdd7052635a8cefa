// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/vm_discard.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/vms/bin/bin_claim.h"
#include "core/vms/bin/domain_forgetting.h"
#include "core/vms/bin/kept_nvram.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/migration/migration_mark.h"
#include "core/vms/snapshots/snapshot_record.h"

#include <unistd.h>

#include <chrono>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kVmBinRetention = std::chrono::hours(7 * 24);
constexpr int kReadings = 3; ///< of one that others change meanwhile

Error notKeepable(Error error)
{
    error.code = ErrorCode::Unsupported;
    return std::move(error)
        .withContext("it cannot be kept in the bin")
        .withHint("Nothing was changed. Remove it for good: twinhullctl remove NAME");
}

Error notKeepable(const char* why)
{
    return notKeepable(Error{ ErrorCode::Unsupported, why, 0, {} });
}

Error unlessKeepable(const Error& error)
{
    return error.code == ErrorCode::Unsupported ? notKeepable(error) : error;
}

Result<VmBinRecord> recordOf(virDomainPtr domain)
{
    VmBinRecord record;
    record.name = QString::fromUtf8(virDomainGetName(domain));
    auto definition = domainXmlOf(domain, kDefinedWithSecrets);
    if (!definition)
        return std::move(definition).error();
    record.definition = *std::move(definition);
    const auto snapshots = snapshotRecordsOf(domain);
    if (!snapshots && snapshots.error().code != ErrorCode::Unsupported) // by a driver that has none
        return snapshots.error();
    const int count = virDomainSnapshotNum(domain, 0);
    if (snapshots && count >= 0 && static_cast<std::size_t>(count) != snapshots->size())
        return Error{ ErrorCode::Unsupported, "not all of its snapshots can be read", 0, {} };
    for (const auto& snapshot : snapshots ? *snapshots : std::vector<SnapshotRecord>())
        record.snapshots.push_back({ snapshot.xml, snapshot.isCurrent });
    const int checkpoints = virDomainListAllCheckpoints(domain, nullptr, 0);
    if (checkpoints > 0)
        return Error{ ErrorCode::Unsupported, "it has checkpoints of backups, which would be forgotten", 0, {} };
    if (checkpoints < 0) {
        const Error error = libvirtError("list the checkpoints");
        if (error.code != ErrorCode::Unsupported)
            return error;
    }
    int isOn = 0;
    record.startsByItself = virDomainGetAutostart(domain, &isOn) == 0 && isOn != 0;
    return record;
}

VmBinRecord timed(VmBinRecord record)
{
    record.removedMilliseconds = wallClockMilliseconds();
    record.untilMilliseconds = record.removedMilliseconds + kVmBinRetention.count();
    return record;
}

class VmDiscard {
public:
    VmDiscard(const VmToolbox& tools, const QString& key, const VmFolder& folder, const OpenDomain& domain)
        : m_tools(tools), m_key(key), m_folder(folder), m_domain(domain)
    {
    }

    Result<> run(JobContext& context)
    {
        if (auto checked = check(); !checked)
            return checked;
        if (auto settled = settleKnownVm(m_tools, m_domain, m_folder); !settled)
            return settled;
        if (context.isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        const auto isActive = isDomainActive(m_domain.get());
        if (!isActive)
            return isActive.error();
        auto done = *isActive ? goOff() : Result<>();
        if (done)
            done = keepAndForget();
        if (!done)
            takeBack();
        m_tools.link->refresh(m_key);
        return done;
    }

private:
    virConnectPtr connection() const { return m_domain.connection.get(); }

    Result<> check()
    {
        const int isPersistent = virDomainIsPersistent(m_domain.get());
        if (isPersistent < 0)
            return libvirtError("ask whether it is defined");
        if (isPersistent == 0)
            return notKeepable("it has no definition, and is gone as soon as it is off");
        const auto record = recordOf(m_domain.get());
        if (!record)
            return unlessKeepable(record.error());
        m_hasTpm = hasEmulatedTpm(record->definition);
        if (m_hasTpm && !canKeepTpm(connection()))
            return notKeepable("libvirt keeps the state of its TPM from version 8.9 on");
        const auto nvram = nvramOutside(m_tools, connection(), m_key, record->definition);
        if (!nvram)
            return unlessKeepable(nvram.error());
        if (isMigrating(m_folder))
            return Error{ ErrorCode::Busy, "a migration of it was broken off", 0,
                "Start Twinhull again, which ends that, and look where it runs." };
        return {};
    }

    /// What cannot be written is found out while it still runs.
    Result<> goOff()
    {
        auto record = recordOf(m_domain.get());
        auto written = record ? writeBinRecord(m_folder, timed(*record)) : Result<>(record.error());
        return written ? forceOffVm(m_tools, m_key) : std::move(written);
    }

    /// With the files that it will have.
    Result<VmBinRecord> keptRecord()
    {
        auto record = recordOf(m_domain.get());
        if (!record)
            return record;
        const auto nvram = nvramOutside(m_tools, connection(), m_key, record->definition);
        if (!nvram)
            return nvram.error();
        m_nvram = *nvram;
        if (auto kept = keepNvram(m_nvram, m_folder, *record); !kept)
            return std::move(kept).error();
        return timed(*record);
    }

    /// Read again once it is written: others that do not ask for the folder may have changed it meanwhile.
    Result<VmBinRecord> writtenRecord()
    {
        auto record = keptRecord();
        for (int i = 0; record && i < kReadings; ++i) {
            if (auto written = writeBinRecord(m_folder, *record); !written)
                return std::move(written).error();
            auto again = keptRecord();
            if (!again)
                return again;
            again->removedMilliseconds = record->removedMilliseconds;
            again->untilMilliseconds = record->untilMilliseconds;
            if (*again == *record)
                return record;
            record = std::move(again);
        }
        if (!record)
            return record;
        return Error{ ErrorCode::Busy, "another program is changing it", 0, "Wait until that has ended." };
    }

    Result<> keepAndForget()
    {
        auto record = writtenRecord();
        if (!record)
            return std::move(record).error();
        const auto isActive = isDomainActive(m_domain.get());
        if (!isActive || *isActive)
            return isActive ? Error{ ErrorCode::Busy, "another program started it meanwhile", 0, {} }
                            : isActive.error();
        const bool goesAlong = m_nvram.isCopied && !m_nvram.isShared;
        auto forgotten = forgetDomain(m_domain,
            { goesAlong ? FileFate::Removed : FileFate::Kept,
                m_hasTpm ? std::optional(FileFate::Kept) : std::nullopt });
        if (!forgotten)
            return forgotten;
        const auto known = isKnownTo(connection(), m_key);
        if (!known)
            return known.error();
        if (*known) // started in the last moment: it lives on without a definition
            return defineWhatRuns(*record);
        record->phase = BinPhase::Kept;
        if (auto noted = writeBinRecord(m_folder, *record); !noted) // it is in the bin, and does not go by itself
            qWarning("%s", noted.error().toLine().c_str());
        return {};
    }

    Result<> defineWhatRuns(VmBinRecord record)
    {
        record.phase = BinPhase::Coming;
        if (auto noted = writeBinRecord(m_folder, record); !noted)
            return noted;
        m_isRecordNeeded = true;
        const DomainHandle again(virDomainDefineXML(connection(), record.definition.constData()));
        auto told = again ? tellOfSnapshots(again.get(), record.snapshots) : Result<>(libvirtError("define it again"));
        if (!told)
            return told;
        m_isRecordNeeded = false;
        return Error{ ErrorCode::Busy, "another program started it meanwhile", 0, {} };
    }

    /// The record goes where libvirt says that it has the VM as before; else it is all that there is of it.
    void takeBack()
    {
        const auto domain = openDomain(m_tools, m_key);
        if (m_isRecordNeeded || !domain || virDomainIsPersistent(domain->get()) != 1)
            return;
        const bool isLost = m_nvram.isCopied && !exists(m_nvram.path.toStdString());
        auto settled = isLost ? giveNvramBack(m_nvram.path, m_folder) : Result<>();
        if (settled)
            settled = settleKnownVm(m_tools, *domain, m_folder);
        if (!settled)
            qWarning("%s", settled.error().toLine().c_str());
    }

    const VmToolbox& m_tools;
    const QString& m_key;
    const VmFolder& m_folder;
    const OpenDomain& m_domain;
    bool m_hasTpm = false;
    bool m_isRecordNeeded = false; ///< libvirt may not know all that is in it
    NvramPlace m_nvram;
};

} // namespace

Result<> discardVm(const VmToolbox& tools, const QString& key, JobContext& context)
{
    if (tools.place == HypervisorPlace::Elsewhere)
        return notKeepable("its disks are on another computer");
    if (const auto known = openDomain(tools, key); !known) // else a folder would be made for nothing
        return known.error();
    const VmFolder folder(tools.folders, key);
    const bool isNew = !exists(folder.path().toStdString());
    if (auto made = makeFolders(folder.path().toStdString()); !made)
        return made;
    const auto claim = claimForBin(tools, folder, context);
    if (!claim && isNew)
        (void)::rmdir(folder.path().toStdString().c_str()); // unless another has something in it
    if (!claim)
        return unlessKeepable(claim.error());
    const auto domain = openDomain(tools, key);
    auto done = domain ? VmDiscard(tools, key, folder, *domain).run(context) : Result<>(domain.error());
    if (!done && isNew)
        (void)removeBareVmFolder(folder); // it says no more than that it is there
    return done;
}

} // namespace twinhull
