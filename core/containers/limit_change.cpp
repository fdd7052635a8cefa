// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/limit_change.h"

#include "core/containers/block_device.h"
#include "core/containers/option_check.h"

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr double kUpdatePeriod = 100'000; // microseconds, as in config.json
constexpr const char* kUsualWeight = "100"; // cpu.weight (cgroup-v2.rst)

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
        both = static_cast<std::int64_t>(static_cast<std::uint64_t>(*both) + *settings.memoryBytes - *memoryBefore);
}

/// By whatever path: /dev/disk/by-id has others.
bool isSameDisk(const std::string& one, const std::string& other)
{
    if (one == other)
        return true;
    const auto number = diskNumber(one);
    const auto otherNumber = number ? diskNumber(other) : number;
    return number && otherNumber && number->major == otherNumber->major && number->minor == otherNumber->minor;
}

bool isOf(const ContainerDeviceRate& rate, const DeviceRateOption& wanted)
{
    return rate.kind == controlOf(wanted.kind) && isSameDisk(rate.device, wanted.device.toStdString());
}

/// 0: none.
std::uint64_t rateIn(const ContainerSettings& settings, const DeviceRateOption& wanted)
{
    const auto& rates = settings.fineLimits.deviceRates;
    const auto found
        = std::find_if(rates.begin(), rates.end(), [&wanted](const auto& rate) { return isOf(rate, wanted); });
    return found == rates.end() ? 0 : found->perSecond;
}

Error noSuchRate(const ContainerSettings& settings, const DeviceRateOption& wanted)
{
    std::string there;
    for (const auto& rate : settings.fineLimits.deviceRates)
        there += (there.empty() ? "" : ", ") + rate.kind + " of " + rate.device;
    return Error{ ErrorCode::NotFound,
        std::string(controlOf(wanted.kind)) + " of " + wanted.device.toStdString() + ": there is no such limit", 0,
        there.empty() ? "No disk is limited" : "There is " + there };
}

Result<> changeFineLimits(const WorkloadChange& wanted, const std::string& controllers, ContainerSettings& settings)
{
    auto& limits = settings.fineLimits;
    FineLimits asked;
    if (wanted.memoryAndSwapBytes.value_or(0) != 0)
        asked.memoryAndSwapBytes = wanted.memoryAndSwapBytes;
    else if (wanted.memoryAndSwapBytes)
        limits.memoryAndSwapBytes.reset();
    if (wanted.cpuSet) {
        limits.cpuSet.clear();
        asked.cpuSet = *wanted.cpuSet;
    }
    if (wanted.cpuShares.value_or(0) != 0)
        asked.cpuShares = wanted.cpuShares;
    else if (wanted.cpuShares)
        limits.cpuShares.reset();
    const ContainerSettings before = settings;
    for (const auto& rate : wanted.deviceRates) {
        if (rate.perSecond == 0 && rateIn(before, rate) == 0)
            return noSuchRate(before, rate);
        std::erase_if(limits.deviceRates, [&rate](const auto& other) { return isOf(other, rate); });
        std::erase_if(asked.deviceRates, [&rate](const auto& other) {
            return other.kind == rate.kind && isSameDisk(other.device.toStdString(), rate.device.toStdString());
        });
        if (rate.perSecond != 0)
            asked.deviceRates.push_back(rate);
    }
    return applyFineLimits(asked, controllers, settings);
}

void addMemory(const ContainerSettings& after, oci::Resources& resources)
{
    const std::int64_t memory = after.memoryBytes ? static_cast<std::int64_t>(*after.memoryBytes) : -1;
    resources.memoryLimitBytes = memory;
    resources.memorySwapBytes = after.fineLimits.memoryAndSwapBytes.value_or(memory); // as setLimits() has it
}

void addProcessors(const WorkloadChange& wanted, const ContainerSettings& before, const ContainerSettings& after,
    oci::Resources& resources)
{
    if (wanted.cpus) {
        resources.cpuQuotaMicroseconds = after.cpus ? std::llround(*after.cpus * kUpdatePeriod) : -1;
        resources.cpuPeriodMicroseconds = static_cast<std::uint64_t>(kUpdatePeriod);
    }
    if (wanted.cpuSet) {
        resources.cpus = after.fineLimits.cpuSet;
        if (resources.cpus.empty() && !before.fineLimits.cpuSet.empty())
            resources.unified["cpuset.cpus"] = "";
    }
    if (wanted.cpuShares && after.fineLimits.cpuShares)
        resources.cpuShares = *after.fineLimits.cpuShares;
    else if (wanted.cpuShares && before.fineLimits.cpuShares)
        resources.unified["cpu.weight"] = kUsualWeight;
}

std::vector<oci::DeviceRate>& ratesOf(DeviceRateKind kind, oci::Resources& resources)
{
    switch (kind) {
    case DeviceRateKind::ReadBytes:
        return resources.readBytesPerSecond;
    case DeviceRateKind::WriteBytes:
        return resources.writeBytesPerSecond;
    case DeviceRateKind::ReadOperations:
        return resources.readsPerSecond;
    case DeviceRateKind::WriteOperations:
        break;
    }
    return resources.writesPerSecond;
}

} // namespace

bool hasLimits(const WorkloadChange& wanted)
{
    return wanted.memoryBytes || wanted.cpus || wanted.pids || wanted.memoryAndSwapBytes || wanted.cpuSet
        || wanted.cpuShares || !wanted.deviceRates.empty();
}

Result<ContainerSettings> changedSettings(
    const ContainerSettings& before, const WorkloadChange& wanted, const std::string& controllers)
{
    ContainerSettings settings = before;
    change(wanted.memoryBytes, settings.memoryBytes);
    keepSwap(before.memoryBytes, settings);
    change(wanted.cpus, settings.cpus);
    change(wanted.pids, settings.pids);
    settings.upkeep.restart = wanted.restart.value_or(settings.upkeep.restart);
    if (auto fine = changeFineLimits(wanted, controllers, settings); !fine)
        return std::move(fine).error();
    return settings;
}

Result<oci::Resources> resourceChange(
    const WorkloadChange& wanted, const ContainerSettings& before, const ContainerSettings& after)
{
    oci::Resources resources;
    if (wanted.memoryBytes || wanted.memoryAndSwapBytes)
        addMemory(after, resources);
    addProcessors(wanted, before, after, resources);
    if (wanted.pids)
        resources.pidsLimit = after.pids ? std::int64_t{ *after.pids } : -1;
    for (const auto& rate : wanted.deviceRates) {
        if (rateIn(before, rate) == 0 && rateIn(after, rate) == 0)
            continue;
        const auto disk = diskNumber(rate.device.toStdString());
        if (!disk && rateIn(after, rate) == 0)
            continue; // it has gone, and the kernel's limit with it
        if (!disk)
            return disk.error();
        ratesOf(rate.kind, resources).push_back({ disk->major, disk->minor, rateIn(after, rate) });
    }
    return resources;
}

} // namespace twinhull
