// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_settings.h"
#include "core/ipc/event_journal.h"
#include "core/ipc/monitor_arguments.h"
#include "core/ipc/monitor_messages.h"
#include "core/monitor/container_cgroup.h"
#include "core/monitor/container_process.h"
#include "core/monitor/control_socket.h"
#include "core/monitor/event_loop.h"
#include "core/monitor/health_watch.h"
#include "core/monitor/hull_client.h"
#include "core/monitor/input_pipe.h"
#include "core/monitor/keeper_link.h"
#include "core/monitor/log_file.h"
#include "core/monitor/output_fifo.h"
#include "core/monitor/port_relay.h"
#include "core/monitor/saving.h"
#include "core/monitor/terminal.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace twinhull {

/// One container from its creation by hull to its exit record, and again from there as its restart policy says. One
/// thread, one event loop; lives in a process of its own that is a child subreaper, so that the container's first
/// process becomes its child. How the container is looked after (core/ipc/upkeep.h) is read from settings.json, the
/// policy at the end of each run, so that it can be changed at any time.
class Monitor {
public:
    explicit Monitor(MonitorArguments arguments);

    /// Creates and starts the container, restores it, or adopts one. All or nothing: after an error nothing of it is
    /// left but its folder.
    Result<MonitorStatus> begin();

    /// Until the container has ended, is not started again and all of it is gone; returns at once when an adopted one
    /// had.
    Result<> run();

private:
    Result<> open();
    Result<> start();
    Result<> launch();
    Result<> create();
    Result<> restore();
    Result<> make(const std::function<Result<>(const HullClient::Creation&)>& ask);
    Result<> adopt();
    Result<> adoptEnded(const char* reason);
    Result<> startNetwork();
    Result<> openKeeper(pid_t successorFor);
    Result<> joinNetworks();
    Result<> listenOverIpv6();
    Result<> relayFromIpv6();
    void adoptRelays();
    Result<> tellNewName();
    Result<KeeperRequest> keeperRequest() const;
    void adoptNetworks();
    void onKeeperLost();
    void letGoOfKeeper();
    Result<> openInput();
    Result<> mayFeed() const;
    bool feed(std::string_view bytes);
    void endInput();
    bool followInput(InputPipe::State state);
    void letGoOfInput();
    Result<> takeProcess();
    Result<> readMarks();
    Result<> watch();
    Result<> watchRun();
    Result<ContainerSettings> readSettings() const;
    Upkeep readUpkeep() const;
    Result<> watchHealth(MonitorTask task);
    Result<> listen();
    Result<> watchTerminal();

    Result<MonitorStatus> onRequest(const MonitorRequest& request);
    Result<> stop(int signalNumber, std::chrono::milliseconds grace);
    void noteStopAsked();
    void keepForSuccessor();
    Result<> kill(int signalNumber);
    Result<> killProcess();
    void onKillTime();
    void onUnhealthy(const std::string& why);
    Result<> setPaused(MonitorPhase phase);
    Result<> mayChange() const;
    Result<> checkpoint(const CheckpointChoice& choice);
    Result<> checkCheckpoint(const ContainerSettings& settings, const CheckpointChoice& choice) const;
    Result<> beginSaving(const ContainerSettings& settings, const CheckpointChoice& choice);
    Result<> giveUpSaving();
    void onSaved();
    void endSaving();
    std::optional<CheckpointRecord> keepCheckpoint();
    void noteSaved(ExitRecord& exit);
    Result<> attach(const TerminalSize& size);
    void onOutput(OutputFifo& fifo, LogStream stream);
    void onTerminal(std::uint32_t events);
    void keepOutput(LogStream stream, const std::string& bytes);
    void onTyped(std::string_view bytes);
    void onSignal();
    void onLeaving();
    void onEnd();
    void readRest();
    void keepExit();
    void decideWhatFollows();
    std::optional<RestartState> wantedRestart() const;
    bool hasLostItsPlace() const;
    Result<> awaitRestart(const RestartState& next);
    void onRestartTime();
    void letGoOfRun();
    void leave();
    std::string giveUpFolder();
    void cleanUp();
    void endHelper();
    void takeRootServer(const oci::ContainerRecord& record);
    void onRootServerEnd();
    void letGoOfRootServer();
    JournalEvent eventOf(const char* action, std::map<std::string, std::string> attributes = {}) const;
    void note(const char* action, std::map<std::string, std::string> attributes = {}) const;
    void noteStart(std::int64_t createdMilliseconds) const;
    void noteEnd();
    void noteRequest(const MonitorRequest& request, MonitorPhase before);
    void mark(const char* name, std::int64_t nanoseconds);
    void publish();
    std::string containerPath(const char* name) const { return m_arguments.containerFolder + "/" + name; }
    std::string runtimePath(const char* name) const { return m_arguments.runtimeFolder + "/" + name; }

    MonitorArguments m_arguments;
    MonitorStatus m_status;
    HullClient m_hull;
    UniqueFd m_lock;
    UniqueFd m_signals;
    std::optional<EventLoop> m_loop;
    std::optional<Deadline> m_killTime;
    bool m_isKilled = false; ///< SIGKILL was sent, and m_killTime is when its end is overdue
    std::optional<Deadline> m_restartTime;
    std::optional<LogFile> m_log;
    std::optional<OutputFifo> m_output;
    std::optional<OutputFifo> m_error;
    std::optional<OutputFifo> m_helperOutput;
    std::optional<Terminal> m_terminal;
    std::optional<InputPipe> m_input; ///< with ContainerStdio::Input, until its end
    bool m_isInputWatched = false; ///< what waits there goes on when it can
    std::optional<ContainerProcess> m_process;
    std::optional<ContainerProcess> m_rootServer; ///< fuse-overlayfs, where that makes its root
    ContainerCgroup m_cgroup;
    UniqueFd m_helper; ///< pidfd of the network helper
    std::vector<std::unique_ptr<PortRelay>> m_relays; ///< from kLoopbackIpv6 to the network helper
    std::optional<Saving> m_saving; ///< while hull makes a checkpoint
    MonitorPhase m_phaseBeforeSaving = MonitorPhase::Running;
    bool m_isStopNoted = false; ///< its end will be told as a stop
    bool m_isSaved = false; ///< its end is that of a checkpoint
    bool m_isRestoring = false; ///< this start goes on from the checkpoint
    std::optional<KeeperLink> m_keeper; ///< with NetworkMode::Own
    unsigned m_keeperLosses = 0; ///< of this run
    std::unique_ptr<HealthWatch> m_health;
    std::string m_endReason; ///< why we end this run ourselves; empty: we do not
    std::optional<ExitRecord> m_lastExit; ///< of the run before, while the next is waited for
    bool m_mustRestart = false; ///< after this run, whatever the policy says
    bool m_isLeaving = false; ///< we are asked to end: nothing is started again
    bool m_hasSessionEnded = false; ///< since the run that is to be adopted
    std::unique_ptr<ControlSocket> m_control;
};

} // namespace twinhull
