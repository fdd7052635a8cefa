// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/containers/input_connection.h"
#include "core/containers/terminal_connection.h"
#include "core/images/image_store.h"
#include "core/workload/command_runner.h"
#include "core/workload/image_difference.h"
#include "core/workload/workload_bin.h"
#include "core/workload/workload_changes.h"
#include "core/workload/workload_checkpoint.h"
#include "core/workload/workload_commit.h"
#include "core/workload/workload_provider.h"

#include <memory>

namespace twinhull {

/// Whether what other programs do to containers is told.
enum class OthersChanges {
    Followed, ///< containers that others make, start and remove appear, change and go by themselves
    Ignored, ///< one look; what this program does, and what the monitors of running containers say, is told all the
             ///< same
};

/// The containers of this person: folders below `folders.containers()`, each run by a hull-monitor that outlives this
/// program. GUI thread.
class ContainerProvider : public WorkloadProvider,
                          public CommandRunner,
                          public WorkloadChanges,
                          public ImageDifference,
                          public WorkloadBin,
                          public WorkloadCommit,
                          public WorkloadCheckpoint {
    Q_OBJECT

public:
    /// Reads the folders and knocks at the monitors before it returns (a few file reads a container). `images` must
    /// outlive this and its jobs. With `names` it knows only the containers that have one of them, or whose ids begin
    /// with one; the monitors of all others are left in peace.
    ContainerProvider(DataFolders folders, ImageStore& images, OthersChanges changes = OthersChanges::Followed,
        std::vector<std::string> names = {});
    ~ContainerProvider() override;

    WorkloadKind kind() const override { return WorkloadKind::Container; }
    std::vector<WorkloadInfo> workloads() const override;
    std::optional<WorkloadInfo> find(const WorkloadId& id) const override;
    Result<> availability() const override;
    std::vector<HostNotice> notices() const override;

    std::unique_ptr<Job> create(const WorkloadPlan& plan) override;
    std::unique_ptr<Job> start(const WorkloadId& id) override;
    std::unique_ptr<Job> stop(const WorkloadId& id, StopMode mode) override;
    std::unique_ptr<Job> pause(const WorkloadId& id) override;
    std::unique_ptr<Job> resume(const WorkloadId& id) override;
    std::unique_ptr<Job> remove(const WorkloadId& id) override;
    std::unique_ptr<Job> kill(const WorkloadId& id, int signalNumber) override;
    std::unique_ptr<Job> rename(const WorkloadId& id, const QString& name) override;
    Result<WorkloadPlan> planOf(const WorkloadId& id) const override;
    std::unique_ptr<Job> duplicate(const WorkloadId& id, const QString& name) override;
    std::unique_ptr<Job> discard(const WorkloadId& id) override;
    std::unique_ptr<Job> restore(const WorkloadId& id) override;
    std::unique_ptr<Job> update(const WorkloadId& id, const WorkloadChange& change) override;
    std::unique_ptr<Job> noteRestart(const WorkloadId& id) override;
    std::unique_ptr<Job> listBin(std::shared_ptr<std::vector<BinnedWorkload>> found) override;
    std::unique_ptr<Job> removeForGood(const WorkloadId& id) override;
    std::unique_ptr<Job> commit(
        const WorkloadId& id, const CommitRequest& request, std::shared_ptr<QString> made) override;
    Result<> canCheckpoint() const override;
    std::unique_ptr<Job> checkpoint(const WorkloadId& id, const CheckpointChoice& choice) override;
    std::unique_ptr<Job> restoreCheckpoint(const WorkloadId& id, AfterRestore after) override;
    Result<DiskUse> diskUse(const WorkloadId& id) const override;
    std::unique_ptr<Job> runInside(
        const WorkloadId& id, InsideCommand command, std::shared_ptr<CommandOutcome> outcome) override;
    Result<InsideRun> prepareInside(const WorkloadId& id, InsideCommand command) override;
    bool hasFilesAtRest(const WorkloadId& id) const override;
    std::unique_ptr<Job> findDifferences(
        const WorkloadId& id, std::shared_ptr<std::vector<FileDifference>> into) override;

    /// The terminal of a running container; refused() tells when it has none.
    Result<std::unique_ptr<TerminalConnection>> openTerminal(const WorkloadId& id, const TerminalSize& size);
    /// The standard input of a running container; refused() tells when it has none, or somebody else passes it.
    Result<std::unique_ptr<InputConnection>> openInput(const WorkloadId& id);
    /// The program that runs a command in a running container, and its first arguments; options, the container's key
    /// and the command follow (core/runtime/README.md).
    std::vector<std::string> execCommand(const WorkloadId& id) const;

    /// True when no monitor owes its first answer or, where one had to take over, its report; each is told by
    /// changed().
    bool isSettled() const;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
