// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/workload/workload_registry.h"

#include <QSocketNotifier>

#include <map>
#include <memory>
#include <vector>

namespace twinhull {

/// The twin group of a comparison's halves, by which they are known as such, and their name where nobody gave one:
/// "comparison-PID", with the process that runs it, and a number behind it from the second one of that process on.
QString comparisonGroup();

bool isComparisonGroup(const QString& twinGroup);

/// What comparisons left whose process was killed: nobody else will remove it.
std::vector<WorkloadInfo> comparisonLeftovers(const WorkloadRegistry& registry);

/// Stops all of them by force and deletes them.
std::unique_ptr<Job> removeComparisonLeftovers(WorkloadRegistry& registry);

/// Keeps an eye on the processes that run comparisons now. GUI thread.
class ComparisonLeftoversWatch : public QObject {
    Q_OBJECT

public:
    explicit ComparisonLeftoversWatch(WorkloadRegistry& registry, QObject* parent = nullptr);

    const std::vector<WorkloadInfo>& leftovers() const { return m_leftovers; }

Q_SIGNALS:
    void changed();

private:
    /// A living process that runs a comparison; its descriptor becomes readable when it ends (pidfd_open(2)).
    struct Runner {
        UniqueFd pidfd;
        std::unique_ptr<QSocketNotifier> ended;
    };

    void look();
    void watchRunners();

    WorkloadRegistry& m_registry;
    std::vector<WorkloadInfo> m_leftovers;
    std::map<pid_t, Runner> m_runners;
};

} // namespace twinhull
