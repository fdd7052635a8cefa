// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/ipc/checkpoint_record.h"
#include "core/ipc/exit_record.h"
#include "core/ipc/health_report.h"
#include "core/ipc/network_place.h"

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// monitor.sock in the container's runtime folder: a stream of JSON objects, one a line. Only the owner of the monitor
/// and root are heard (SO_PEERCRED). Each request is answered by one reply line; after Subscribe another comes
/// unasked whenever something changed, the last one with an exit, after all of the container is gone.
constexpr std::size_t kMonitorRequestLimitBytes = 4U << 10U;
constexpr std::size_t kMonitorReplyLimitBytes = 64U << 10U;
constexpr const char* kMonitorSocketName = "monitor.sock";

/// In the container's own folder: the reply of its start, for the monitor that may have to take over. There while it
/// runs; left over when monitor or computer died.
constexpr const char* kRunRecordName = "run.json";
/// In the container's own folder: how the latest run ended (exit_record.h).
constexpr const char* kExitRecordName = "exit.json";
/// Below the container's own folder: what it said (log_line.h); with ".1" what it said before.
constexpr const char* kContainerLogPath = "log/container.log";

enum class MonitorVerb {
    Status,
    Subscribe,
    Stop, ///< the signal, and SIGKILL after the grace time
    Kill, ///< the signal to the container's first process
    Pause,
    Resume,
    /// The container's terminal (Unsupported when it has none): after the reply line the connection is no longer lines
    /// but bytes, what the terminal shows (first what it showed lately) and what is typed, until either side hangs up.
    /// Nothing may be sent before the reply has come. Several may be attached.
    Attach,
    Resize, ///< of the terminal; on a connection that is not attached
    Renamed, ///< its settings have another name: its networks know it by that from now on
    /// Saves processes and memory; the phase is Saving meanwhile, and afterwards `checkpoint` tells how it went.
    Checkpoint,
    GiveUp, ///< the checkpoint that is under way: the container goes on as it was
    /// The container's standard input (Unsupported when it has none, Busy while somebody else passes it): after the
    /// reply line the connection carries bytes to it. shutdown(2) of one's half is its end; who just hangs up leaves it
    /// open. The monitor hangs up when nothing more is read. Nothing may be sent before the reply has come.
    Feed,
};

struct TerminalSize {
    std::uint16_t columns = 0; ///< 0 in either: as it is
    std::uint16_t rows = 0;

    friend bool operator==(const TerminalSize&, const TerminalSize&) = default;
};

struct MonitorRequest {
    MonitorVerb verb = MonitorVerb::Status;
    int signal = 0; ///< Kill; for Stop 0 means the container's own stop signal
    int graceMilliseconds = 10'000; ///< Stop; 0..3,600,000
    TerminalSize size = {}; ///< Attach, Resize
    CheckpointChoice checkpoint = {}; ///< Checkpoint

    friend bool operator==(const MonitorRequest&, const MonitorRequest&) = default;
};

enum class MonitorPhase {
    Starting,
    Running,
    Paused,
    Stopping,
    Exited,
    Restarting, ///< it has ended and waits to be started again; Stop ends that
    Saving, ///< criu holds it still and writes what it is
};

/// A moment of the start on CLOCK_MONOTONIC: "request", "unpack", "monitor", "namespaces", "mounts", "created",
/// "network", "exec", "ready".
struct MonitorMark {
    std::string name;
    std::int64_t monotonicNanoseconds = 0;

    friend bool operator==(const MonitorMark&, const MonitorMark&) = default;
};

/// How often the container was started again by its monitor since a person started it, and when it will be.
struct RestartState {
    unsigned count = 0; ///< with MonitorPhase::Restarting the one that is waited for is counted
    std::int64_t delayMilliseconds = 0; ///< the latest wait
    std::int64_t dueWallMilliseconds = 0; ///< with MonitorPhase::Restarting

    friend bool operator==(const RestartState&, const RestartState&) = default;
};

/// How the latest checkpoint of a run went.
struct CheckpointOutcome {
    std::int64_t wallMilliseconds = 0; ///< since the epoch
    std::string problem; ///< empty: it is kept
    std::string hint; ///< the next step; may be empty

    friend bool operator==(const CheckpointOutcome&, const CheckpointOutcome&) = default;
};

struct MonitorStatus {
    MonitorPhase phase = MonitorPhase::Starting;
    pid_t containerPid = 0; ///< as the host sees it; 0 when gone
    pid_t monitorPid = 0;
    std::vector<pid_t> helperPids; ///< the network helper
    std::string cgroupPath; ///< absolute; empty where it has none of its own
    bool canPause = false;
    bool hasTerminal = false; ///< that can be attached to
    bool hasInput = false; ///< standard input that has not ended
    std::int64_t startedWallMilliseconds = 0;
    std::vector<MonitorMark> marks;
    std::string note; ///< what works less well than it should, one sentence; may be empty
    std::optional<ExitRecord> exit; ///< with MonitorPhase::Exited
    RestartState restart = {};
    std::optional<Health> health = {}; ///< absent where it has no health check
    bool isStopAsked = false; ///< it is not started again
    std::string bootId
        = {}; ///< of the kernel it runs on (random(4)), to know a record from before a restart; may be empty
    std::vector<NetworkPlace> places = {}; ///< in networks of the person's own
    std::optional<CheckpointOutcome> checkpoint = {};

    friend bool operator==(const MonitorStatus&, const MonitorStatus&) = default;
};

/// Lines with their end.
std::string encodeMonitorRequest(const MonitorRequest& request);
/// The monitor's status, or why the request failed.
std::string encodeMonitorReply(const Result<MonitorStatus>& reply);

/// Whatever comes in, the answer is a request or an error (Corrupt, InvalidArgument).
Result<MonitorRequest> decodeMonitorRequest(std::string_view line);
/// The monitor's own error, or Corrupt when the line is no reply.
Result<MonitorStatus> decodeMonitorReply(std::string_view line);

} // namespace twinhull
