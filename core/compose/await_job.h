// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/compose/compose_project.h"
#include "core/workload/workload_provider.h"

namespace twinhull {

/// Waits until all these containers are healthy, or have ended with status 0. Fails as soon as one of them cannot
/// become that any more, and says why. `provider` must outlive it.
class AwaitJob : public Job {
    Q_OBJECT

public:
    AwaitJob(
        QString title, WorkloadProvider& provider, DataFolders folders, QStringList names, StartCondition condition);

protected:
    void doStart() override;
    void doCancel() override;

private:
    void look();
    Result<bool> isReached(const WorkloadInfo& info) const;
    std::string lastComplaint(const WorkloadInfo& info) const;

    WorkloadProvider& m_provider;
    DataFolders m_folders;
    QStringList m_names;
    StartCondition m_condition;
};

} // namespace twinhull
