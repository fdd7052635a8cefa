// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_sweep.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/vms/bin/vm_bin.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/migration/migration_mark.h"

#include <QFileInfo>

namespace twinhull {

void sweepVms(const VmToolbox& tools)
{
    const auto ended = endBrokenMigrations(tools); // before: it gives folders back
    if (!ended && ended.error().code != ErrorCode::Unavailable)
        qWarning("%s", ended.error().toLine().c_str());
    const auto removed = removeOrphans(tools);
    if (!removed && removed.error().code != ErrorCode::Unavailable) // the program ends; the next one sweeps
        qWarning("%s", removed.error().toLine().c_str());
    const auto swept = sweepVmBin(tools, wallClockMilliseconds());
    if (!swept && swept.error().code != ErrorCode::Unavailable)
        qWarning("%s", swept.error().toLine().c_str());
    const auto left = leftVmFolders(tools);
    for (const QString& path : left ? *left : QStringList()) {
        if (exists(VmFolder(tools.folders, QFileInfo(path).fileName()).binRecordPath().toStdString()))
            continue;
        qInfo(
            "%s holds files of a VM that another program took from libvirt, and all of them are kept. Make a VM of its "
            "disk (twinhullctl vm import --disk DISK), or remove the folder.",
            qPrintable(path));
    }
}

} // namespace twinhull
