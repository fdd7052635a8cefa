// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/machine_removal.h"

#include <algorithm>

namespace twinhull {

Result<std::vector<MachineDisk>> disksToDelete(const std::vector<MachineDisk>& disks, QStringList paths)
{
    paths.removeDuplicates();
    std::vector<MachineDisk> chosen;
    for (const QString& path : paths) {
        bool isThere = false;
        for (const MachineDisk& disk : disks) { // one file may be there twice, as what another is based on
            if (disk.path != path)
                continue;
            if (!disk.keptBecause.isEmpty())
                return Error{ ErrorCode::Busy, path.toStdString() + " stays: " + disk.keptBecause.toStdString(), 0,
                    "Leave it out; nothing was deleted" };
            if (!isThere)
                chosen.push_back(disk);
            isThere = true;
        }
        if (!isThere)
            return Error{ ErrorCode::NotFound, path.toStdString() + " is no disk of it outside its own folder", 0,
                "See which it has: twinhullctl vm delete NAME --dry-run" };
    }
    return chosen;
}

} // namespace twinhull
