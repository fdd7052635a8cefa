// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/subprocess.h"
#include "core/base/unique_fd.h"
#include "core/ipc/checkpoint_record.h"
#include "core/ipc/monitor_messages.h"
#include "core/monitor/output_fifo.h"
#include "core/oci/container_record.h"

#include <chrono>
#include <string>
#include <vector>

namespace twinhull {

/// hull's command line for one container, whose state lies below `stateFolder`.
class HullClient {
public:
    HullClient(std::string hullPath, std::string stateFolder, std::string id);

    struct Creation {
        std::string bundle;
        std::string consoleSocket; ///< where hull hands the terminal's master over; empty: no terminal
        int input = -1; ///< the container's standard input; -1: none
    };
    /// The container's first process waits for start(). On failure the error is what hull said, which is taken out of
    /// `error`.
    Result<> create(const Creation& creation, const OutputFifo& output, OutputFifo& error);
    /// Folders of criu's images and of its log, and how criu shall do it.
    struct Checkpoint {
        std::string images;
        std::string log;
        CheckpointChoice choice;
        bool hasEmptyNetwork = false; ///< its network is left out, and made anew by others
    };
    /// hull, which saves it; `messages` is its standard error. On SIGTERM it gives up.
    Result<Child> beginCheckpoint(const Checkpoint& checkpoint, int messages) const;
    /// What has become of that, once hull has ended: `said` is what it said.
    static Result<> judgeCheckpoint(int exitStatus, const std::string& said);
    /// In place of create() and start(): it runs at once, and goes on where it was saved.
    Result<> restore(
        const Creation& creation, const Checkpoint& checkpoint, const OutputFifo& output, OutputFifo& error);
    /// hull's words up to "exec".
    std::vector<std::string> execWords() const { return { m_hullPath, "--root", m_stateFolder, "exec" }; }
    /// Returns when the entrypoint's exec has happened or failed.
    Result<> start();
    /// Kills what is left of it and forgets it; a container that hull does not know is success.
    Result<> remove();

    /// What hull wrote about it.
    Result<oci::ContainerRecord> record() const;
    /// What create() and start() marked on CLOCK_MONOTONIC, in the order it was written.
    const std::vector<MonitorMark>& marks() const { return m_marks; }

private:
    static constexpr std::chrono::seconds kUsualDeadline{ 30 };

    /// Its exit status. Keeps the marks that it writes, to a descriptor of its own.
    Result<int> run(
        std::vector<std::string> words, ChildStdio stdio, std::chrono::milliseconds deadline = kUsualDeadline);

    /// run(), whose failure is told in hull's own last line.
    Result<> runAndTell(const std::vector<std::string>& words);

    std::string m_hullPath;
    std::string m_stateFolder;
    std::string m_id;
    std::vector<MonitorMark> m_marks;
};

} // namespace twinhull
