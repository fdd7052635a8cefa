// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/group_follower.h"

#include "core/base/files.h"

namespace twinhull {

GroupFollower::GroupFollower(const DataFolders& folders, WorkloadRegistry& registry)
    : m_folders(folders), m_registry(registry)
{
    if (auto made = makeFolders(m_folders.groups()); !made)
        qWarning("%s", made.error().toLine().c_str());
    m_watcher.addPath(QString::fromStdString(m_folders.groups()));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &GroupFollower::follow);
    follow();
}

void GroupFollower::follow()
{
    if (auto groups = readGroups(m_folders))
        m_registry.setGroups(*std::move(groups));
    else
        qWarning("%s", groups.error().toLine().c_str()); // those of before stay
}

} // namespace twinhull
