// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/connection_list.h"
#include "core/vms/vm_provider.h"
#include "core/workload/workload_registry.h"

#include <QFileSystemWatcher>

namespace twinhull {

class JoinedSource;

/// The libvirt hosts beside the home connection, a provider each: as the list of connections says, and anew whenever
/// that changes, by this program or another. One that was taken out of the list is retired and stays until the end,
/// because jobs may still know it.
class OtherConnections : public QObject {
    Q_OBJECT

public:
    /// Opens them; all three must outlive it.
    OtherConnections(const DataFolders& folders, ImageStore& images, WorkloadRegistry& registry);
    ~OtherConnections() override;

    /// What all of them report, those of later as well.
    std::shared_ptr<MetricSource> figuresSource() const;

private:
    struct Open {
        SavedConnection saved;
        std::unique_ptr<VmProvider> provider;
    };

    void follow();
    void open(const SavedConnection& saved);

    DataFolders m_folders;
    ImageStore& m_images;
    WorkloadRegistry& m_registry;
    std::shared_ptr<JoinedSource> m_figures;
    std::vector<Open> m_open;
    std::vector<std::unique_ptr<VmProvider>> m_retired;
    QFileSystemWatcher m_watcher; ///< of the folder: the file is replaced
};

} // namespace twinhull
