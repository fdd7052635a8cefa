// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/vms/making/install_tree.h"
#include "core/vms/disks/vm_folder.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace twinhull {

/// What a VM's first start boots in place of its disk.
struct PendingInstaller {
    QString kernelPath;
    QString initrdPath;
    QString arguments;
};

/// What a VM was found at.
enum class InstallerMoment {
    Running, ///< the installer
    EndedByItself, ///< the VM is off because its guest wanted that
    Off, ///< for another reason, or nobody knows why
    Elsewhere, ///< it runs from its disk, or its memory is saved
};

/// vms/UUID/installer: kernel, initrd and whether they were started. "pending.json", written when the rest stands
/// there, says that they were not; it becomes "begun.json" once they run, and "pending.json" again where they are to
/// run anew. So a killed program leaves one or the other, and what has neither is rubbish.
class InstallerFiles {
public:
    explicit InstallerFiles(const VmFolder& folder);

    QString kernelPath() const { return m_path + QStringLiteral("/kernel"); }
    QString initrdPath() const { return m_path + QStringLiteral("/initrd"); }

    /// Takes kernel and initrd out of the source and checks them. With progress; a failure leaves files in a folder
    /// that the caller removes. Blocks.
    Result<> fetch(const InstallSource& source, const InstallTree& tree, JobContext& context) const;
    /// What the first start is to do; last, when the rest is there.
    Result<> setPending(const QString& arguments) const;

    /// Nothing where none was asked for, or it was started.
    std::optional<PendingInstaller> pending() const;
    Result<> markBegun() const;

    /// Held while a start decides: Busy where another does.
    Result<UniqueFd> claim() const;

    /// It was started, and it is not known to have come to its end. Looks for a file, no more.
    bool hasBegun() const;
    /// The next start runs it again. NotFound where none is kept.
    Result<> setPendingAgain() const;

    /// What is due when the VM was looked at: files of an installer that has run are removed once the guest switched
    /// itself off; one that runs without being marked (who started it was killed) is marked. Leaves alone what another
    /// is at work on.
    void settle(InstallerMoment moment) const;

private:
    QString pendingPath() const { return m_path + QStringLiteral("/pending.json"); }
    QString begunPath() const { return m_path + QStringLiteral("/begun.json"); }

    QString m_path;
};

/// Refuses what no PC boots as a Linux kernel (the boot protocol's "HdrS") and sums that are not the tree's.
Result<> checkInstallerFile(const QString& path, const QByteArray& sum, bool isKernel);

/// The definition with the installer in place of the disk's boot loader, and off when the guest reboots.
Result<QByteArray> installerDomain(const QByteArray& definedXml, const PendingInstaller& installer);

} // namespace twinhull
