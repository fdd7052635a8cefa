// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/containers/returning_containers.h"
#include "core/jobs/job.h"
#include "core/workload/workload_provider.h"

#include <vector>

namespace twinhull {

/// Starts containers in their order, a few at a time; those that run already are left alone. One that cannot be started
/// does not hold up the others and fails no job: it is among failures(), and its exit record says why. What was started
/// stays started when it is cancelled.
class BringBackJob : public Job {
    Q_OBJECT

public:
    static constexpr std::size_t kAtOnce = 4; ///< more only wait for each other's disk and processors

    struct Failure {
        ReturningContainer container;
        Error error;
    };

    /// Starts those that come back. The provider must outlive this.
    BringBackJob(WorkloadProvider& provider, DataFolders folders, const std::vector<ReturningContainer>& containers);

    const std::vector<ReturningContainer>& started() const { return m_started; }
    const std::vector<Failure>& failures() const { return m_failures; }

protected:
    void doStart() override;
    void doCancel() override;

private:
    void fill();
    void startOne(std::size_t index, int tries);
    void onStarted(std::size_t index, int tries, const Job& job);
    void onDone();
    void noteFailure(std::size_t index, const Error& error);

    WorkloadProvider& m_provider;
    DataFolders m_folders;
    std::vector<ReturningContainer> m_containers;
    std::size_t m_next = 0;
    std::size_t m_running = 0;
    std::size_t m_ended = 0;
    std::vector<ReturningContainer> m_started;
    std::vector<Failure> m_failures;
};

} // namespace twinhull
