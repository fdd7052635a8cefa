// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/snapshots/external_snapshots.h"

#include "core/base/files.h"
#include "core/vms/disks/disk_chain.h"
#include "core/vms/disks/disk_conversion.h"
#include "core/vms/disks/disk_tools.h"
#include "core/vms/domain/domain_history.h"
#include "core/vms/link/domain_job.h"
#include "core/vms/link/open_domain.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::chrono::hours kMergeDeadline{ 24 };
constexpr std::chrono::seconds kHeaderDeadline{ 60 };
constexpr int kWholeMerge = 10'000;

QString snapshotText(const char* text)
{
    return QCoreApplication::translate("VmSnapshots", text);
}

/// Files that are removed again unless they are kept.
class NewLayers {
public:
    NewLayers() = default;
    NewLayers(const NewLayers&) = delete;
    NewLayers& operator=(const NewLayers&) = delete;
    ~NewLayers()
    {
        for (const QString& path : m_paths)
            (void)removeTree(path.toStdString()); // nothing more can be done about it
    }
    void add(const QString& path) { m_paths << path; }
    void keep() { m_paths.clear(); }

private:
    QStringList m_paths;
};

bool isFrozen(const SnapshotWork& work, const QString& path)
{
    const QString canonical = DiskForest::canonicalDisk(path);
    return std::any_of(work.all.begin(), work.all.end(), [&canonical](const SnapshotRecord& record) {
        return std::any_of(record.disks.begin(), record.disks.end(), [&canonical](const SnapshotRecord::Disk& disk) {
            return disk.place == SnapshotPlace::External && DiskForest::canonicalDisk(disk.file.path) == canonical;
        });
    });
}

/// What is above no snapshot of ours, or is in use elsewhere, is not ours to remove.
bool isAbandoned(const SnapshotWork& work, const DiskForest& forest, const QString& path)
{
    const QString below = forest.below(path).path;
    return !below.isEmpty() && isFrozen(work, below) && !isFrozen(work, path) && forest.layersAbove(path).empty()
        && forest.usersOf(path).size() <= 1 && forest.problems().isEmpty();
}

Result<> goOff(virDomainPtr domain)
{
    if (virDomainIsActive(domain) == 0 || virDomainDestroy(domain) == 0)
        return {};
    auto refused = libvirtError("switch it off");
    return virDomainIsActive(domain) == 0 ? Result<>() : Result<>(std::move(refused)); // it ended by itself
}

Result<> startFromMemory(const SnapshotWork& work, const QString& file, const QMap<QString, DiskSourceFile>& files)
{
    work.context.setStep(snapshotText("Loading its memory"));
    const QByteArray path = file.toUtf8();
    const auto xml
        = xmlFrom(virDomainSaveImageGetXMLDesc(work.connection, path.constData(), VIR_DOMAIN_SAVE_IMAGE_XML_SECURE),
            "read the kept memory");
    if (!xml)
        return xml.error();
    const auto edited = withDiskFiles(*xml, files);
    if (!edited)
        return edited.error();
    return followDomainJob(work.domain, work.context, [&] {
        return virDomainRestoreFlags(work.connection, path.constData(), edited->constData(), 0) == 0
            ? Result<>()
            : Result<>(libvirtError("go on from the kept memory"));
    });
}

class ExternalRevert {
public:
    ExternalRevert(const SnapshotWork& work, const SnapshotRecord& snapshot) : m_work(work), m_snapshot(snapshot) { }

    Result<> run()
    {
        auto forest = DiskForest::read(m_work.tools, m_work.connection);
        if (!forest)
            return std::move(forest).error();
        if (m_snapshot.memory == SnapshotPlace::External && !exists(m_snapshot.memoryFile.toStdString()))
            return Error{ ErrorCode::NotFound, "its memory, " + m_snapshot.memoryFile.toStdString() + ", is missing", 0,
                "Nothing was changed. Put that file back in its place." };
        if (auto made = makeLayers(); !made)
            return made;
        if (m_work.context.isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        const auto before = domainXmlOf(m_work.domain, kDefinedWithSecrets);
        if (!before)
            return before.error();
        if (auto defined = define(*before); !defined) {
            if (hasBrokenOff(defined.error())) // it may be defined with them
                m_new.keep();
            return defined;
        }
        if (m_snapshot.memory == SnapshotPlace::External) {
            if (auto started = startFromMemory(m_work, m_snapshot.memoryFile, m_files); !started)
                return giveBack(*before, std::move(started).error());
        }
        m_new.keep();
        leaveWhatWas(*forest, *before);
        QMap<QString, QString> overlays;
        for (auto layer = m_files.cbegin(); layer != m_files.cend(); ++layer)
            overlays.insert(layer.key(), layer->path);
        if (const auto xml = snapshotWithFiles(m_snapshot.xml, {}, overlays))
            (void)redefineSnapshot(m_work.domain, *xml, true); // a mark only
        return {};
    }

private:
    Result<> makeLayers()
    {
        m_work.context.setStep(snapshotText("Making new layers"));
        for (const auto& disk : m_snapshot.disks) {
            if (disk.place != SnapshotPlace::External)
                continue;
            const auto below = layersOf(disk.file.path, disk.file.format);
            if (!below)
                return below.error();
            const QString path = freeLayerPath(below->back().file.path, m_snapshot.name, QStringLiteral(".qcow2"));
            if (auto made = makeOverlay(path, disk.file); !made)
                return made;
            m_new.add(path);
            m_files.insert(disk.target, { path, QStringLiteral("qcow2") });
        }
        return {};
    }

    Result<> define(const QByteArray& before)
    {
        const auto xml = withDiskFiles(m_snapshot.definition, m_files);
        if (!xml)
            return xml.error();
        const DomainHistory history = historyOf();
        if (auto kept = history.keep(before); !kept)
            return std::move(kept).withContext("keep the definition as it was");
        if (auto off = goOff(m_work.domain); !off)
            return off;
        const DomainHandle defined(virDomainDefineXML(m_work.connection, xml->constData()));
        if (!defined) {
            auto error = libvirtError("define it as it was");
            if (!hasBrokenOff(error))
                (void)history.dropLatest(); // it is still the one in use
            return error;
        }
        return {};
    }

    DomainHistory historyOf() const
    {
        return { m_work.tools.folders, m_work.tools.keyOf(uuidOf(m_work.domain)), m_work.tools.uri };
    }

    /// The memory did not start: the state that was to be left is the present one again.
    Error giveBack(const QByteArray& before, Error error)
    {
        const auto isOff = bool(goOff(m_work.domain));
        const DomainHandle defined(isOff ? virDomainDefineXML(m_work.connection, before.constData()) : nullptr);
        if (!defined) {
            m_new.keep(); // it may be running on these
            return std::move(error)
                .withContext("the disks are as they were")
                .withHint("The state that was left is kept: twinhullctl vm undo NAME");
        }
        (void)historyOf().dropLatest(); // it is the one in use again
        return std::move(error).withContext("it is off, with the disks that it had");
    }

    /// Only once what was gone back to is there.
    void leaveWhatWas(const DiskForest& forest, const QByteArray& before) const
    {
        if (m_snapshot.memory != SnapshotPlace::External && virDomainHasManagedSaveImage(m_work.domain, 0) == 1)
            (void)virDomainManagedSaveRemove(m_work.domain, 0); // it belongs to the disks that were left
        const auto disks = definedDisksOf(before);
        for (const DefinedDisk& disk : disks ? *disks : std::vector<DefinedDisk>()) {
            if (m_files.contains(disk.target) && isAbandoned(m_work, forest, disk.file.path))
                (void)removeTree(disk.file.path.toStdString()); // it only takes room
        }
    }

    const SnapshotWork& m_work;
    const SnapshotRecord& m_snapshot;
    NewLayers m_new;
    QMap<QString, DiskSourceFile> m_files; // by target
};

class ExternalDelete {
public:
    ExternalDelete(const SnapshotWork& work, const SnapshotRecord& snapshot, DiskForest forest)
        : m_work(work), m_snapshot(snapshot), m_forest(std::move(forest))
    {
    }

    Result<> run()
    {
        if (auto planned = plan(); !planned)
            return planned;
        auto handle = findSnapshot(m_work.domain, m_snapshot.name);
        if (!handle)
            return std::move(handle).error();
        // First, because a layer that is merged half is no state to go back to.
        if (virDomainSnapshotDelete(handle->get(), VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY) != 0)
            return libvirtError("delete the snapshot");
        for (const Merge& merge : m_merges) {
            if (auto merged = mergeOne(merge); !merged)
                return std::move(merged).withContext(
                    "the snapshot is deleted, but what came after it is still a layer of its own");
        }
        for (const QString& path : m_removable)
            (void)removeTree(path.toStdString()); // it only takes room
        if (m_snapshot.memory == SnapshotPlace::External)
            (void)removeTree(m_snapshot.memoryFile.toStdString());
        return {};
    }

private:
    /// `above` goes into `below`, and is what others may be named by.
    struct Merge {
        QString target;
        DiskSourceFile below;
        QString above;
        bool isInUse = false; ///< the running QEMU has it open
        bool isWritten = false; ///< and is writing it
    };

    Result<> plan()
    {
        if (!m_forest.problems().isEmpty())
            return Error{ ErrorCode::Unavailable,
                "whether other VMs stand on its disks is not known: " + m_forest.problems().first().toStdString(), 0,
                {} };
        for (const auto& disk : m_snapshot.disks) {
            if (disk.place != SnapshotPlace::External)
                continue;
            if (auto layers = layersOf(disk.file.path, disk.file.format); !layers)
                return std::move(layers).error();
            if (auto planned = planDisk(disk); !planned)
                return planned;
        }
        return {};
    }

    Result<> planDisk(const SnapshotRecord::Disk& disk)
    {
        const auto above = m_forest.layersAbove(disk.file.path);
        if (m_forest.isDiskOfSomeDomain(disk.file.path))
            return Error{ ErrorCode::Busy, disk.file.path.toStdString() + " is written by a VM, past the snapshot", 0,
                {} };
        if (above.size() > 1)
            return Error{ ErrorCode::Busy, "more than one state stands on it", 0,
                "Delete the snapshots of all branches but one first." };
        if (above.empty()) {
            const QString below = m_forest.below(disk.file.path).path;
            const auto others = std::count_if(m_work.all.begin(), m_work.all.end(),
                [&](const SnapshotRecord& record) { return hasFile(record, disk.file.path); });
            if (!below.isEmpty() && isFrozen(m_work, below) && others <= 1)
                m_removable << disk.file.path;
            return {};
        }
        const QStringList users = m_forest.usersOf(above.front());
        const QString own = QString::fromUtf8(virDomainGetName(m_work.domain));
        if (users.size() != 1 || users.front() != own)
            return Error{ ErrorCode::Busy,
                "VMs of other names stand on it: " + users.join(QStringLiteral(", ")).toStdString(), 0,
                "Delete these first, or leave the snapshot." };
        Merge merge{ disk.target, { disk.file.path, m_forest.formatOf(disk.file.path) }, above.front() };
        if (auto noted = noteUse(merge); !noted)
            return noted;
        m_merges.push_back(merge);
        return {};
    }

    static bool hasFile(const SnapshotRecord& record, const QString& path)
    {
        return std::any_of(record.disks.begin(), record.disks.end(), [&path](const SnapshotRecord::Disk& disk) {
            return DiskForest::canonicalDisk(disk.file.path) == DiskForest::canonicalDisk(path);
        });
    }

    Result<> noteUse(Merge& merge) const
    {
        const auto isActive = isDomainActive(m_work.domain);
        if (!isActive || !*isActive)
            return isActive ? Result<>() : Result<>(isActive.error());
        const auto xml = domainXmlOf(m_work.domain);
        const auto disks = xml ? definedDisksOf(*xml) : xml.error();
        if (!disks)
            return disks.error();
        for (const DefinedDisk& disk : *disks) {
            if (disk.target != merge.target)
                continue;
            QString layer = DiskForest::canonicalDisk(disk.file.path);
            merge.isWritten = layer == merge.above;
            for (; !layer.isEmpty(); layer = m_forest.below(layer).path)
                merge.isInUse = merge.isInUse || layer == merge.above;
        }
        return {};
    }

    Result<> mergeOne(const Merge& merge)
    {
        m_work.context.setStep(snapshotText("Merging what came after it"));
        if (auto merged = merge.isInUse ? mergeRunning(merge) : mergeResting(merge); !merged)
            return merged;
        if (auto named = nameAnew(merge); !named)
            return named;
        return removeTree(merge.above.toStdString());
    }

    Result<> mergeRunning(const Merge& merge) const
    {
        const QByteArray target = merge.target.toUtf8();
        const QByteArray below = merge.below.path.toUtf8();
        const QByteArray above = merge.above.toUtf8();
        const unsigned flags = merge.isWritten ? VIR_DOMAIN_BLOCK_COMMIT_ACTIVE : 0U;
        if (virDomainBlockCommit(m_work.domain, target.constData(), below.constData(),
                merge.isWritten ? nullptr : above.constData(), 0, flags)
            != 0)
            return libvirtError("merge the layers");
        auto followed = followBlockJob(
            m_work.domain, merge.target, merge.isWritten ? BlockJobEnd::TakenOver : BlockJobEnd::Plain, m_work.context);
        return followed ? checkIsLeft(merge) : std::move(followed);
    }

    /// The machine that runs must not stand on the layer that was merged any more, or that is no file to remove.
    Result<> checkIsLeft(const Merge& merge) const
    {
        const auto xml = domainXmlOf(m_work.domain);
        const auto disks = xml ? definedDisksOf(*xml) : xml.error();
        if (!disks)
            return disks.error();
        for (const DefinedDisk& disk : *disks) {
            if (disk.target != merge.target)
                continue;
            const auto layers = layersOf(disk.file.path, disk.file.format);
            if (!layers)
                return layers.error();
            const bool isThere = std::any_of(layers->begin(), layers->end(),
                [&merge](const DiskLayer& layer) { return DiskForest::canonicalDisk(layer.file.path) == merge.above; });
            return isThere ? Result<>(mergingFailed(merge.target)) : Result<>();
        }
        return Error{ ErrorCode::NotFound, "the machine has no disk " + merge.target.toStdString() + " any more", 0,
            "Nothing was removed. Look at its layers: twinhullctl vm snapshot list NAME" };
    }

    Result<> mergeResting(const Merge& merge) const
    {
        auto command = qemuImg({ "commit", "-p", "-d", "-f", "qcow2", "--", merge.above.toStdString() });
        if (!command)
            return std::move(command).error();
        CommandRun run{ kMergeDeadline };
        run.isCancelled = [this] { return m_work.context.isCancelled(); };
        run.output = [this](std::string_view written) -> Result<> {
            if (const int done = conversionProgress(written); done >= 0)
                m_work.context.setProgress(done, kWholeMerge);
            return {};
        };
        auto merged = outputOf(*command, run);
        return merged ? Result<>() : std::move(merged).error().withContext("merge the layers");
    }

    /// What was named by the layer that was merged, is named by the one that has it all now.
    Result<> nameAnew(const Merge& merge) const
    {
        for (const QString& higher : m_forest.layersAbove(merge.above)) {
            auto rebase = qemuImg({ "rebase", "-u", "-f", "qcow2", "-F", merge.below.format.toStdString(), "-b",
                merge.below.path.toStdString(), "--", higher.toStdString() });
            if (!rebase)
                return std::move(rebase).error();
            const auto isRunning = merge.isInUse ? isBelowRunning(higher, merge.target) : Result<bool>(false);
            if (!isRunning)
                return isRunning.error();
            if (*isRunning)
                continue; // QEMU did
            if (auto done = outputOf(*rebase, CommandRun{ kHeaderDeadline }); !done)
                return std::move(done).error().withContext("name the layer below " + higher.toStdString());
        }
        const QMap<QString, DiskSourceFile> files{ { merge.target, merge.below } };
        for (const SnapshotRecord& record : m_work.all) {
            if (record.name == m_snapshot.name || !hasFile(record, merge.above))
                continue;
            auto xml = currentXmlOf(record.name);
            auto edited = xml ? snapshotWithFiles(*xml, files, {}) : std::move(xml);
            if (!edited)
                return std::move(edited).error();
            if (auto told = redefineSnapshot(m_work.domain, *edited, record.isCurrent); !told)
                return told;
        }
        return merge.isInUse ? Result<>() : defineAnew(merge, files);
    }

    Result<QByteArray> currentXmlOf(const QString& name) const
    {
        auto handle = findSnapshot(m_work.domain, name);
        if (!handle)
            return std::move(handle).error();
        return snapshotXmlOf(handle->get());
    }

    Result<bool> isBelowRunning(const QString& path, const QString& target) const
    {
        Merge probe{ target, {}, path };
        auto noted = noteUse(probe);
        return noted ? Result<bool>(probe.isInUse) : std::move(noted).error();
    }

    Result<> defineAnew(const Merge& merge, const QMap<QString, DiskSourceFile>& files) const
    {
        const auto before = domainXmlOf(m_work.domain, kDefinedWithSecrets);
        const auto disks = before ? definedDisksOf(*before) : before.error();
        if (!disks)
            return disks.error();
        const bool isNamed = std::any_of(disks->begin(), disks->end(), [&merge](const DefinedDisk& disk) {
            return disk.target == merge.target && DiskForest::canonicalDisk(disk.file.path) == merge.above;
        });
        if (!isNamed)
            return {};
        const auto xml = withDiskFiles(*before, files);
        if (!xml)
            return xml.error();
        const DomainHandle defined(virDomainDefineXML(m_work.connection, xml->constData()));
        return defined ? Result<>() : Result<>(libvirtError("define it with the merged disk"));
    }

    const SnapshotWork& m_work;
    const SnapshotRecord& m_snapshot;
    DiskForest m_forest;
    std::vector<Merge> m_merges;
    QStringList m_removable;
};

} // namespace

Result<> redefineSnapshot(virDomainPtr domain, const QByteArray& xml, bool isCurrent)
{
    const unsigned flags = VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE | (isCurrent ? VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT : 0U);
    const SnapshotHandle told(virDomainSnapshotCreateXML(domain, xml.constData(), flags));
    return told ? Result<>() : Result<>(libvirtError("tell libvirt of the snapshot"));
}

Result<> revertToExternal(const SnapshotWork& work, const SnapshotRecord& snapshot)
{
    return ExternalRevert(work, snapshot).run();
}

Result<> deleteExternal(const SnapshotWork& work, const SnapshotRecord& snapshot)
{
    auto forest = DiskForest::read(work.tools, work.connection);
    return forest ? ExternalDelete(work, snapshot, std::move(*forest)).run() : Result<>(std::move(forest).error());
}

} // namespace twinhull
