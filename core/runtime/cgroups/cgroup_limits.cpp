// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/cgroup_limits.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup.h"

#include <algorithm>

namespace twinhull::runtime {

namespace {

constexpr std::uint64_t kDefaultPeriodMicroseconds = 100'000;

Result<> setOptional(const std::string& path, const std::optional<std::int64_t>& value)
{
    return value ? writeControl(path, std::to_string(*value)) : Result<>();
}

/// v2 counts swap alone, the specification memory and swap together.
Result<> setSwap(const std::string& folder, const oci::Resources& resources)
{
    if (!resources.memorySwapBytes || !resources.memoryLimitBytes)
        return {};
    if (*resources.memorySwapBytes < *resources.memoryLimitBytes)
        return Error{ ErrorCode::InvalidArgument,
            "config.json: linux.resources.memory.swap: memory and swap together cannot be less than memory alone", 0,
            {} };
    const auto swap = *resources.memorySwapBytes - *resources.memoryLimitBytes;
    auto written = writeControl(folder + "/memory.swap.max", std::to_string(swap));
    const bool hasNoSwapFile = !written && written.error().code == ErrorCode::NotFound; // a kernel without swap
    return hasNoSwapFile ? Result<>() : written;
}

Result<> setCpu(const std::string& folder, const oci::Resources& resources)
{
    if (resources.cpuQuotaMicroseconds) {
        const auto period = resources.cpuPeriodMicroseconds.value_or(kDefaultPeriodMicroseconds);
        const std::string text = std::to_string(*resources.cpuQuotaMicroseconds) + " " + std::to_string(period);
        if (auto written = writeControl(folder + "/cpu.max", text); !written)
            return written;
    }
    if (!resources.cpuShares)
        return {};
    return writeControl(folder + "/cpu.weight", std::to_string(weightOfShares(*resources.cpuShares)));
}

Result<> setIoWeight(const std::string& folder, const oci::Resources& resources)
{
    if (!resources.ioWeight)
        return {};
    auto written = writeControl(folder + "/io.weight", std::to_string(ioWeightOf(*resources.ioWeight)));
    const bool isMissing = !written && written.error().code == ErrorCode::NotFound; // without blk-iocost: BFQ's own
    return isMissing ? writeControl(folder + "/io.bfq.weight", std::to_string(*resources.ioWeight)) : written;
}

Result<> setRates(const std::string& folder, const char* key, const std::vector<oci::DeviceRate>& rates)
{
    for (const auto& rate : rates) {
        const std::string line = std::to_string(rate.major) + ":" + std::to_string(rate.minor) + " " + key + "="
            + std::to_string(rate.rate);
        if (auto written = writeControl(folder + "/io.max", line); !written)
            return written;
    }
    return {};
}

Result<> setIo(const std::string& folder, const oci::Resources& resources)
{
    auto done = setIoWeight(folder, resources);
    if (done)
        done = setRates(folder, "rbps", resources.readBytesPerSecond);
    if (done)
        done = setRates(folder, "wbps", resources.writeBytesPerSecond);
    if (done)
        done = setRates(folder, "riops", resources.readsPerSecond);
    if (done)
        done = setRates(folder, "wiops", resources.writesPerSecond);
    return done;
}

Result<> setUnified(const std::string& folder, const oci::Resources& resources)
{
    for (const auto& [name, value] : resources.unified) {
        if (name.find('/') != std::string::npos || name.find('.') == std::string::npos)
            return Error{ ErrorCode::InvalidArgument,
                "config.json: linux.resources.unified: \"" + name + "\" is no file of a cgroup", 0, {} };
        if (auto written = writeControl(folder + "/" + name, value); !written)
            return written;
    }
    return {};
}

bool limitsIo(const oci::Resources& resources)
{
    return resources.ioWeight || !resources.readBytesPerSecond.empty() || !resources.writeBytesPerSecond.empty()
        || !resources.readsPerSecond.empty() || !resources.writesPerSecond.empty();
}

} // namespace

std::uint64_t ioWeightOf(std::uint32_t weight)
{
    const std::uint64_t bounded = std::clamp<std::uint64_t>(weight, 10, 1000);
    return 1 + (bounded - 10) * 9'999 / 990;
}

std::uint64_t weightOfShares(std::uint64_t shares)
{
    const std::uint64_t bounded = std::clamp<std::uint64_t>(shares, 2, 262'144);
    return 1 + (bounded - 2) * 9'999 / 262'142;
}

std::vector<std::string> neededControllers(const oci::Resources& resources)
{
    std::vector<std::string> names;
    if (resources.memoryLimitBytes || resources.memorySwapBytes || resources.memoryReservationBytes)
        names.emplace_back("memory");
    if (resources.cpuQuotaMicroseconds || resources.cpuShares)
        names.emplace_back("cpu");
    if (!resources.cpus.empty() || !resources.mems.empty())
        names.emplace_back("cpuset");
    if (resources.pidsLimit)
        names.emplace_back("pids");
    if (limitsIo(resources))
        names.emplace_back("io");
    for (const auto& [file, value] : resources.unified) {
        const std::string controller = file.substr(0, file.find('.'));
        const bool isKnown = controller == "cgroup" || std::find(names.begin(), names.end(), controller) != names.end();
        if (!isKnown) // "cgroup.…" files are there without a controller
            names.push_back(controller);
    }
    return names;
}

Result<> writeControl(const std::string& path, const std::string& value)
{
    auto file = openPath(path, O_WRONLY);
    if (!file)
        return std::move(file).error();
    return writeAll(*file, value).withContext("write " + value + " to " + path);
}

Result<> setLimits(const std::string& folder, const oci::Resources& resources)
{
    auto done = setOptional(folder + "/memory.max", resources.memoryLimitBytes);
    if (done)
        done = setSwap(folder, resources);
    if (done)
        done = setOptional(folder + "/memory.low", resources.memoryReservationBytes);
    if (done)
        done = setCpu(folder, resources);
    if (done && !resources.cpus.empty())
        done = writeControl(folder + "/cpuset.cpus", resources.cpus);
    if (done && !resources.mems.empty())
        done = writeControl(folder + "/cpuset.mems", resources.mems);
    if (done)
        done = setOptional(folder + "/pids.max", resources.pidsLimit);
    if (done)
        done = setIo(folder, resources);
    return done ? setUnified(folder, resources) : done;
}

} // namespace twinhull::runtime
