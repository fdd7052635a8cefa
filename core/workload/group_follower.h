// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_groups.h"

#include <QFileSystemWatcher>

namespace twinhull {

/// Tells the registry which groups there are, and again whenever this program or another changed them.
class GroupFollower : public QObject {
    Q_OBJECT

public:
    /// The registry must outlive it.
    GroupFollower(const DataFolders& folders, WorkloadRegistry& registry);

private:
    void follow();

    DataFolders m_folders;
    WorkloadRegistry& m_registry;
    QFileSystemWatcher m_watcher; ///< of the folder: the file is replaced
};

} // namespace twinhull
