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

ContainerSettings changed(ContainerSettings settings, const WorkloadChange& wanted)
{
    change(wanted.memoryBytes, settings.memoryBytes);
    change(wanted.cpus, settings.cpus);
    change(wanted.pids, settings.pids);
    settings.upkeep.restart = wanted.restart.value_or(settings.upkeep.restart);
    return settings;
}

bool hasLimits(const WorkloadChange& wanted)
{
    return wanted.memoryBytes || wanted.cpus || wanted.pids;
}

std::vector<std::string> updateWords(const WorkloadChange& wanted)
{
    std::vector<std::string> words;
    const auto add = [&words](const char* option, bool isLimit, auto value) {
        words.insert(words.end(), { option, isLimit ? std::to_string(value) : std::string("-1") });
    };
    if (wanted.memoryBytes) {
        add("--memory", *wanted.memoryBytes > 0, *wanted.memoryBytes);
        add("--memory-swap", *wanted.memoryBytes > 0, *wanted.memoryBytes); // as in config.json: no swap beyond
    }
    if (wanted.cpus) {
        add("--cpu-quota", *wanted.cpus > 0, std::llround(*wanted.cpus * kUpdatePeriod));
        add("--cpu-period", true, std::llround(kUpdatePeriod));
    }
    if (wanted.pids)
        add("--pids-limit", *wanted.pids > 0, *wanted.pids);
    return words;
}

/// For a container that does not run: whether its next start could keep the limits.
Result<> checkControllers(const WorkloadChange& wanted)
{
    const std::string there = " " + reachableControllers() + " ";
    const std::vector<std::pair<const char*, bool>> needed{ { "memory", wanted.memoryBytes.value_or(0) > 0 },
        { "cpu", wanted.cpus.value_or(0) > 0 }, { "pids", wanted.pids.value_or(0) > 0 } };
    for (const auto& [name, isNeeded] : needed) {
        if (isNeeded && there.find(std::string(" ") + name + " ") == std::string::npos)
            return Error{ ErrorCode::Unsupported,
                std::string("the cgroup v2 tree offers no ") + name + " controller here, so there can be no such limit",
                0, "Boot with systemd.unified_cgroup_hierarchy=1, or have the controller delegated" };
    }
    return {};
}

Result<> limitNow(const ContainerFolder& folder, const ContainerPrograms& programs, const WorkloadChange& wanted)
{
    const std::string state = folder.runtimePath() + "/hull";
    if (!exists(state + "/" + folder.id()))
        return checkControllers(wanted);
    Command command{ { programs.hull, "--root", state, "update" }, {}, {} };
    const auto words = updateWords(wanted);
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    command.arguments.push_back(folder.id());
    auto done = runChecked(command, kUpdateDeadline);
    return done ? Result<>() : std::move(done).error();
}

Result<> keepLimits(const ContainerFolder& folder, const ContainerSettings& settings)
{
    auto text = readFile(folder.configPath(), oci::kConfigLimitBytes);
    auto spec = text ? oci::decodeRuntimeSpec(*text) : Result<oci::RuntimeSpec>(std::move(text).error());
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
        return set;
    return writeFileAtomically(folder.configPath(), oci::encodeRuntimeSpec(*spec));
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
    if (hasLimits(wanted)) {
        if (auto limited = limitNow(folder, programs, wanted); !limited)
            return limited;
        if (auto kept = keepLimits(folder, settings); !kept)
            return kept;
    }
    return writeFileAtomically(folder.settingsPath(), encodeContainerSettings(settings));
}

} // namespace twinhull
