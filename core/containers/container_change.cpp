// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_change.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/containers/bundle_writer.h"
#include "core/containers/container_work.h"
#include "core/containers/plan_check.h"
#include "core/containers/reachable_controllers.h"
#include "core/images/file_lock.h"
#include "core/oci/runtime_spec.h"

#include <cmath>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kUpdateDeadline = 30s;
constexpr double kUpdatePeriod = 100'000; // microseconds, as in config.json

/// 0 takes a limit away.
template <typename T>
void change(const std::optional<T>& wanted, std::optional<T>& limit)
{
    if (wanted)
        limit = *wanted == T{} ? std::nullopt : wanted;
}

/// A limit of memory and swap together keeps the swap that it leaves beyond the memory; without one of memory it has no
/// meaning.
void keepSwap(const std::optional<std::uint64_t>& memoryBefore, ContainerSettings& settings)
{
    auto& both = settings.fineLimits.memoryAndSwapBytes;
    if (!settings.memoryBytes)
        both.reset();
    else if (both && *both >= 0 && memoryBefore)
        *both += static_cast<std::int64_t>(*settings.memoryBytes) - static_cast<std::int64_t>(*memoryBefore);
}

ContainerSettings changed(ContainerSettings settings, const WorkloadChange& wanted)
{
    const auto memoryBefore = settings.memoryBytes;
    change(wanted.memoryBytes, settings.memoryBytes);
    keepSwap(memoryBefore, settings);
    change(wanted.cpus, settings.cpus);
    change(wanted.pids, settings.pids);
    settings.upkeep.restart = wanted.restart.value_or(settings.upkeep.restart);
    return settings;
}

bool hasLimits(const WorkloadChange& wanted)
{
    return wanted.memoryBytes || wanted.cpus || wanted.pids;
}

/// hull's words for those limits of `settings` that `wanted` names.
std::vector<std::string> updateWords(const WorkloadChange& wanted, const ContainerSettings& settings)
{
    std::vector<std::string> words;
    const auto add = [&words](const char* option, std::int64_t value) {
        words.insert(words.end(), { option, std::to_string(value) });
    };
    if (wanted.memoryBytes) {
        const auto memory = settings.memoryBytes ? static_cast<std::int64_t>(*settings.memoryBytes) : -1;
        add("--memory", memory);
        add("--memory-swap", settings.fineLimits.memoryAndSwapBytes.value_or(memory)); // as setLimits() has it
    }
    if (wanted.cpus) {
        add("--cpu-quota", settings.cpus ? std::llround(*settings.cpus * kUpdatePeriod) : -1);
        add("--cpu-period", std::llround(kUpdatePeriod));
    }
    if (wanted.pids)
        add("--pids-limit", settings.pids ? std::int64_t{ *settings.pids } : -1);
    return words;
}

/// For a container that does not run: whether its next start could keep the limits.
Result<> checkControllers(const WorkloadChange& wanted)
{
    const std::string there = reachableControllers();
    const std::vector<std::pair<const char*, bool>> needed{ { "memory", wanted.memoryBytes.value_or(0) > 0 },
        { "cpu", wanted.cpus.value_or(0) > 0 }, { "pids", wanted.pids.value_or(0) > 0 } };
    for (const auto& [name, isNeeded] : needed) {
        if (isNeeded && !hasController(there, name))
            return Error{ ErrorCode::Unsupported,
                std::string("the cgroup v2 tree offers no ") + name + " controller here, so there can be no such limit",
                0, "Boot with systemd.unified_cgroup_hierarchy=1, or have the controller delegated" };
    }
    return {};
}

Result<> limitNow(const ContainerFolder& folder, const ContainerPrograms& programs, const WorkloadChange& wanted,
    const ContainerSettings& settings)
{
    const std::string state = folder.runtimePath() + "/hull";
    if (!exists(state + "/" + folder.id()))
        return checkControllers(wanted);
    Command command{ { programs.hull, "--root", state, "update" }, {}, {} };
    const auto words = updateWords(wanted, settings);
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    command.arguments.push_back(folder.id());
    auto done = runChecked(command, kUpdateDeadline);
    return done ? Result<>() : std::move(done).error();
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
    for (auto* rates : { &resources.readBytesPerSecond, &resources.writeBytesPerSecond, &resources.readsPerSecond,
             &resources.writesPerSecond })
        rates->clear();
    if (auto set = setLimits(settings, resources); !set)
        return std::move(set).error();
    return oci::encodeRuntimeSpec(*spec);
}

/// What runs, config.json and settings.json, all three or none: where a file cannot be written, what runs gets its old
/// limits again.
Result<> changeLimits(const ContainerFolder& folder, const ContainerPrograms& programs, const WorkloadChange& wanted,
    const ContainerSettings& before, const ContainerSettings& settings)
{
    const auto old = readFile(folder.configPath(), oci::kConfigLimitBytes);
    auto config = old ? withLimits(*old, settings) : Result<std::string>(old.error());
    if (!config)
        return std::move(config).error();
    if (auto limited = limitNow(folder, programs, wanted, settings); !limited)
        return limited;
    auto kept = writeFileAtomically(folder.configPath(), *config);
    if (kept)
        kept = writeFileAtomically(folder.settingsPath(), encodeContainerSettings(settings));
    if (kept)
        return kept;
    Error error = std::move(kept).error();
    auto undone = limitNow(folder, programs, wanted, before);
    if (auto put = writeFileAtomically(folder.configPath(), *old); !put && undone)
        undone = std::move(put).error();
    return undone ? error
                  : std::move(error).withContext("its old limits did not come back (" + undone.error().message + ")");
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
    settings->name = name;
    return writeFileAtomically(folder.settingsPath(), encodeContainerSettings(*settings));
}

Result<> updateContainer(const DataFolders& folders, const ContainerFolder& folder, const ContainerPrograms& programs,
    const WorkloadChange& wanted)
{
    const auto lock = FileLock::acquire(folders.containers() + "/.lock");
    auto before = lock ? folder.readSettings() : Result<ContainerSettings>(lock.error());
    if (!before)
        return std::move(before).error();
    const auto settings = changed(*before, wanted);
    if (auto checked = checkUpkeep(settings.upkeep); !checked)
        return checked;
    if (auto checked = checkLimits({ settings.memoryBytes, settings.cpus, settings.pids }); !checked)
        return checked;
    if (hasLimits(wanted))
        return changeLimits(folder, programs, wanted, *before, settings);
    return writeFileAtomically(folder.settingsPath(), encodeContainerSettings(settings));
}

} // namespace twinhull
