// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/log.h"

#include <sys/epoll.h>

#include <csignal>
#include <cstdio>
#include <utility>

namespace twinhull {

namespace {

/// criu would have to save the device and the connections of a helper that ends with this run; the next run's helper
/// makes them again.
bool hasHelpersNetwork(const MonitorArguments& arguments)
{
    return arguments.network != NetworkMode::None;
}

HullClient::Checkpoint checkpointIn(
    const MonitorArguments& arguments, const char* folder, const CheckpointChoice& choice)
{
    return { arguments.containerFolder + "/" + folder, arguments.containerFolder + "/log", choice,
        hasHelpersNetwork(arguments) };
}

} // namespace

/// Nothing else may be done to it while criu has it in its hands.
Result<> Monitor::mayChange() const
{
    return m_saving
        ? Result<>(Error{ ErrorCode::Busy, "a checkpoint of it is being made", 0, "Wait for it, or cancel it" })
        : Result<>();
}

Result<> Monitor::checkCheckpoint(const ContainerSettings& settings, const CheckpointChoice& choice) const
{
    if (settings.upkeep.isRemovedAtEnd)
        return Error{ ErrorCode::Unsupported, "it is removed at its end (--rm), and its checkpoint with it", 0,
            "Make one that stays: twinhullctl create without --rm" };
    if (m_arguments.stdio == ContainerStdio::Input)
        return Error{ ErrorCode::Unsupported,
            "its standard input is a pipe that its monitor holds, which cannot be saved", 0, "Make one without -i" };
    if (choice.keepsConnections && choice.closesConnections)
        return Error{ ErrorCode::InvalidArgument, "connections are either kept or closed", 0, {} };
    if (choice.keepsConnections && hasHelpersNetwork(m_arguments))
        return Error{ ErrorCode::Unsupported,
            "its open connections cannot be kept: they lead through a network helper, which ends with this run", 0,
            "Close them (--tcp-close), or give it this computer's network (--network host)" };
    return {};
}

Result<> Monitor::checkpoint(const CheckpointChoice& choice)
{
    if (auto may = mayChange(); !may)
        return may;
    const bool runs = m_status.phase == MonitorPhase::Running || m_status.phase == MonitorPhase::Paused;
    if (!m_process || !runs)
        return Error{ ErrorCode::Busy, "only what runs can be saved", 0, {} };
    auto settings = readSettings();
    if (!settings)
        return std::move(settings).error();
    if (auto can = checkCheckpoint(*settings, choice); !can)
        return can;
    return beginSaving(*settings, choice);
}

Result<> Monitor::beginSaving(const ContainerSettings& settings, const CheckpointChoice& choice)
{
    const auto partial = containerPath(kPartialCheckpointFolder);
    auto made = removeTree(partial); // of one that failed
    if (made)
        made = makeFolders(partial, 0700); // it holds all of its memory
    const CheckpointRecord record{ wallClockMilliseconds(), choice, m_status.places };
    if (made)
        made = writeFileAtomically(partial + "/" + kCheckpointRecordName, encodeCheckpointRecord(record));
    if (!made)
        return std::move(made).withContext("save " + settings.name);
    auto saving = Saving::begin(m_hull, checkpointIn(m_arguments, kPartialCheckpointFolder, choice));
    if (!saving)
        return std::move(saving).error();
    m_saving.emplace(*std::move(saving));
    m_phaseBeforeSaving = std::exchange(m_status.phase, MonitorPhase::Saving);
    keepForSuccessor();
    return m_loop->watch(m_saving->pidfd(), EPOLLIN, [this](std::uint32_t) { onSaved(); });
}

Result<> Monitor::giveUpSaving()
{
    if (!m_saving)
        return Error{ ErrorCode::NotFound, "no checkpoint of it is being made", 0, {} };
    m_saving->giveUp();
    return {};
}

void Monitor::onSaved()
{
    endSaving();
    if (m_isSaved) {
        (void)m_process->signal(SIGKILL); // it has ended; if criu left it, nothing may go on from before the images
        return; // its own end tells the rest
    }
    if (m_isLeaving)
        onLeaving();
    publish();
}

/// What has become of the checkpoint: hull has ended, or does so now.
void Monitor::endSaving()
{
    m_loop->unwatch(m_saving->pidfd());
    auto ended = m_saving->end();
    m_saving.reset();
    const auto kept = keepCheckpoint();
    m_isSaved = kept && !kept->choice.leavesRunning;
    m_status.checkpoint = CheckpointOutcome{ wallClockMilliseconds(), {}, {} };
    if (!kept) {
        m_status.checkpoint->problem = ended ? "hull made no checkpoint" : ended.error().message;
        m_status.checkpoint->hint = ended ? std::string() : ended.error().hint;
    }
    if (!m_isSaved)
        m_status.phase = m_phaseBeforeSaving;
    keepForSuccessor();
}

/// The images get their name once they are whole; what is not is taken away. Nothing where there are none.
std::optional<CheckpointRecord> Monitor::keepCheckpoint()
{
    const auto partial = containerPath(kPartialCheckpointFolder);
    if (!exists(partial))
        return std::nullopt;
    const auto text = readFile(partial + "/" + kCheckpointRecordName, kCheckpointRecordLimitBytes);
    auto record = text ? decodeCheckpointRecord(*text) : Result<CheckpointRecord>(text.error());
    const bool isWhole = record && exists(partial + "/" + kCheckpointMarkName);
    const auto folder = containerPath(kCheckpointFolder);
    auto kept = removeTree(isWhole ? folder : partial);
    if (kept && isWhole && ::rename(partial.c_str(), folder.c_str()) != 0)
        kept = Error::fromErrno(errno, "rename to " + folder);
    if (!kept)
        log(LogLevel::Error, kept.error());
    if (!isWhole || !kept)
        return std::nullopt;
    note("checkpoint", { { "leaveRunning", record->choice.leavesRunning ? "true" : "false" } });
    return std::optional(*std::move(record));
}

/// After the end of its process: whether it was saved, also by a hull whose monitor was killed.
void Monitor::noteSaved(ExitRecord& exit)
{
    if (m_saving) {
        endSaving();
    } else if (!m_isSaved) {
        const auto kept = keepCheckpoint();
        m_isSaved = kept && !kept->choice.leavesRunning;
    }
    if (!std::exchange(m_isSaved, false))
        return;
    exit.wasCheckpointed = true;
    exit.exitStatus.reset(); // it has not come to its end
    exit.signal = 0;
    exit.wasOutOfMemory = false;
    exit.reason.clear();
    m_status.isStopAsked = true;
}

/// From its checkpoint to a container that runs.
Result<> Monitor::restore()
{
    const auto folder = containerPath(kCheckpointFolder);
    const auto text = readFile(folder + "/" + kCheckpointRecordName, kCheckpointRecordLimitBytes);
    if (!text && text.error().sysErrno == ENOENT)
        return Error{ ErrorCode::NotFound, "there is no checkpoint of it", ENOENT,
            "Make one while it runs: twinhullctl checkpoint" };
    auto record = text ? decodeCheckpointRecord(*text) : Result<CheckpointRecord>(text.error());
    if (!record)
        return std::move(record).error();
    m_status.places = record->places; // its networks give it the same addresses again
    const auto checkpoint = checkpointIn(m_arguments, kCheckpointFolder, record->choice);
    return make([this, &checkpoint](const HullClient::Creation& creation) {
        return m_hull.restore(creation, checkpoint, *m_output, *m_error);
    });
}

} // namespace twinhull
