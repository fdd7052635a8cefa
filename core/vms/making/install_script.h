// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/machine_import.h"

#include <QByteArray>
#include <QString>

namespace twinhull {

/// What an installer reads in place of asking: preseed, kickstart or AutoYaST.
struct InstallScript {
    QString fileName; ///< in the root of the initrd
    QByteArray text; ///< with the password
    QString arguments; ///< of the kernel, by which the installer finds it
};

/// What the machine of a script is like.
struct ScriptTarget {
    QString location; ///< of the installation tree
    bool hasVirtioDisk = false;
};

/// Refuses what a script could not hold as it is meant, and what no installer takes.
Result<> checkUnattended(const UnattendedInstall& asked);

/// By libosinfo's script of that system. Unsupported, with the next step, where there is none that an initrd can carry.
/// Takes a second; worker threads only.
Result<InstallScript> makeInstallScript(const UnattendedInstall& asked, const ScriptTarget& target);

/// The script as one more part of an initrd, which Linux unpacks behind the others (initramfs buffer format).
Result<> addToInitrd(const QString& initrdPath, const InstallScript& script);

} // namespace twinhull
