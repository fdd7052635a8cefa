// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_change.h"

#include "core/base/files.h"
#include "core/base/sealed_file.h"
#include "core/base/subprocess.h"
#include "core/containers/bundle_writer.h"
#include "core/containers/container_events.h"
#include "core/containers/container_work.h"
#include "core/containers/limit_change.h"
#include "core/containers/plan_check.h"
#include "core/containers/reachable_controllers.h"
#include "core/images/file_lock.h"
#include "core/oci/resource_change.h"

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kUpdateDeadline = 240s; // systemd may let hull wait for several answers, each as long as the bus allows
constexpr int kSignalled = 128; ///< of CommandOutput::exitStatus

/// For a container that does not run: whether its next start could keep the limits.
Result<> checkControllers(const WorkloadChange& wanted)
{
    const std::string there = reachableControllers();
    const std::vector<std::pair<const char*, bool>> needed{
        { "memory", wanted.memoryBytes.value_or(0) > 0 || wanted.memoryAndSwapBytes.value_or(0) != 0 },
        { "cpu", wanted.cpus.value_or(0) > 0 }, { "pids", wanted.pids.value_or(0) > 0 }
    };
    for (const auto& [name, isNeeded] : needed) {
        if (isNeeded && !hasController(there, name))
            return Error{ ErrorCode::Unsupported,
                std::string("the cgroup v2 tree offers no ") + name + " controller here, so there can be no such limit",
                0, "Boot with systemd.unified_cgroup_hierarchy=1, or have the controller delegated" };
    }
    return {};
}

/// By the last line that hull wrote.
Error refusal(const std::string& hull, std::string text)
{
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    const std::string reason = text.substr(text.find_last_of('\n') + 1);
    return Error{ ErrorCode::Unknown, hull + ": " + (reason.empty() ? "it refused the limits" : reason), 0, {} };
}

/// Something ended hull on its way: what it was at may be half done.
bool wasCutShort(const Error& error)
{
    return error.code == ErrorCode::Timeout || error.code == ErrorCode::Unavailable;
}

/// Runs hull's update with the resources on its standard input (`hull update --resources -`).
Result<> updateRunning(const ContainerFolder& folder, const ContainerPrograms& programs, const std::string& resources)
{
    const auto input = sealedFile("resources.json", resources);
    if (!input)
        return input.error();
    const Command command{
        { programs.hull, "--root", folder.runtimePath() + "/hull", "update", "--resources", "-", folder.id() }, {}, {}
    };
    CommandRun run{ kUpdateDeadline };
    run.input = input->fd();
    auto done = runCommand(command, run);
    if (!done)
        return std::move(done).error();
    if (done->exitStatus > kSignalled)
        return Error{ ErrorCode::Unavailable,
            programs.hull + ": ended by signal " + std::to_string(done->exitStatus - kSignalled)
                + " while it changed the limits",
            0, {} };
    return done->exitStatus == 0 ? Result<>() : refusal(programs.hull, std::move(done->standardError));
}

/// It runs, or is being started or taken away.
bool isMade(const ContainerFolder& folder)
{
    return exists(folder.runtimePath() + "/hull/" + folder.id());
}

/// From the limits of `before` to those of `after`, where it runs.
Result<> limitNow(const ContainerFolder& folder, const ContainerPrograms& programs, const WorkloadChange& wanted,
    const ContainerSettings& before, const ContainerSettings& after)
{
    if (!isMade(folder))
        return checkControllers(wanted);
    const auto resources = resourceChange(wanted, before, after);
    if (!resources)
        return resources.error();
    const std::string asked = oci::encodeResourceChange(*resources);
    return asked == oci::encodeResourceChange(oci::Resources()) ? Result<>() : updateRunning(folder, programs, asked);
}

/// That config.json with the limits of `settings`.
Result<std::string> withLimits(const std::string& config, const ContainerSettings& settings)
{
    auto spec = oci::decodeRuntimeSpec(config);
    if (!spec)
        return std::move(spec).error();
    auto& resources = spec->linux_.resources;
    resources.memoryLimitBytes.reset();
    resources.memorySwapBytes.reset();
    resources.cpuPeriodMicroseconds.reset();
    resources.cpuQuotaMicroseconds.reset();
    resources.pidsLimit.reset();
    resources.cpuShares.reset();
    for (auto* rates : { &resources.readBytesPerSecond, &resources.writeBytesPerSecond, &resources.readsPerSecond,
             &resources.writesPerSecond })
        rates->clear();
    if (auto set = setLimits(settings, resources); !set)
        return std::move(set).error();
    return oci::encodeRuntimeSpec(*spec);
}

/// What runs, config.json and settings.json, all three or none: where hull was ended half way or a file cannot be
/// written, what runs gets its old limits again.
Result<> changeLimits(const ContainerFolder& folder, const ContainerPrograms& programs, const WorkloadChange& wanted,
    const ContainerSettings& before, const ContainerSettings& settings)
{
    const auto old = readFile(folder.configPath(), oci::kConfigLimitBytes);
    auto config = old ? withLimits(*old, settings) : Result<std::string>(old.error());
    if (!config)
        return std::move(config).error();
    const bool wasMade = isMade(folder);
    auto done = limitNow(folder, programs, wanted, before, settings);
    if (!done && !wasCutShort(done.error()))
        return done;
    if (done)
        done = writeFileAtomically(folder.configPath(), *config);
    if (done)
        done = writeFileAtomically(folder.settingsPath(), encodeContainerSettings(settings));
    const bool isKept = static_cast<bool>(done);
    if (done && !wasMade && isMade(folder)) // started meanwhile: hull may have read config.json before
        done = limitNow(folder, programs, wanted, before, settings);
    if (done)
        return done;
    Error error = std::move(done).error();
    auto undone = limitNow(folder, programs, wanted, settings, before);
    if (auto put = writeFileAtomically(folder.configPath(), *old); !put && undone)
        undone = std::move(put).error();
    auto put = isKept ? writeFileAtomically(folder.settingsPath(), encodeContainerSettings(before)) : Result<>();
    if (!put && undone)
        undone = std::move(put).error();
    return undone ? error
                  : std::move(error).withContext("its old limits did not come back (" + undone.error().message + ")");
}

/// For the journal: "limits", "restart".
std::map<std::string, std::string> whatChanged(const WorkloadChange& wanted)
{
    std::map<std::string, std::string> attributes;
    if (hasLimits(wanted))
        attributes["limits"] = "true";
    if (wanted.restart)
        attributes["restart"] = encodeRestartPolicy(*wanted.restart);
    return attributes;
}

} // namespace

Result<> renameContainer(const DataFolders& folders, const ContainerFolder& folder, const std::string& name)
{
    const auto lock = FileLock::acquire(folders.containers() + "/.lock"); // names are unique among all programs
    if (!lock)
        return lock.error();
    auto settings = folder.readSettings();
    if (!settings)
        return std::move(settings).error();
    if (settings->name == name)
        return {};
    if (auto free = checkNameFree(folders, name); !free)
        return free;
    const std::string before = std::exchange(settings->name, name);
    auto kept = writeFileAtomically(folder.settingsPath(), encodeContainerSettings(*settings));
    if (kept)
        noteContainer(folders, *settings, "rename", { { "oldName", before } });
    return kept;
}

Result<> updateContainer(const DataFolders& folders, const ContainerFolder& folder, const ContainerPrograms& programs,
    const WorkloadChange& wanted)
{
    const auto lock = FileLock::acquire(folders.containers() + "/.lock");
    auto before = lock ? folder.readSettings() : Result<ContainerSettings>(lock.error());
    if (!before)
        return std::move(before).error();
    const auto settings = changedSettings(*before, wanted, reachableControllers());
    if (!settings)
        return settings.error();
    if (auto checked = checkUpkeep(settings->upkeep); !checked)
        return checked;
    if (auto checked = checkLimits({ settings->memoryBytes, settings->cpus, settings->pids }); !checked)
        return checked;
    auto done = hasLimits(wanted) ? changeLimits(folder, programs, wanted, *before, *settings)
                                  : writeFileAtomically(folder.settingsPath(), encodeContainerSettings(*settings));
    if (done)
        noteContainer(folders, *settings, "update", whatChanged(wanted));
    return done;
}

} // namespace twinhull
