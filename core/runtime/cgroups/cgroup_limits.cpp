// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/cgroup_limits.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace twinhull::runtime {

namespace {

constexpr std::uint64_t kDefaultPeriodMicroseconds = 100'000;
constexpr std::uint64_t kDefaultShares = 1024;
constexpr std::size_t kMostControlBytes = 4096;
constexpr const char* kMemoryFile = "/memory.max";
constexpr const char* kSwapFile = "/memory.swap.max";

Result<> setOptional(const std::string& path, const std::optional<std::int64_t>& value)
{
    return value ? writeControl(path, std::to_string(*value)) : Result<>();
}

/// A limit that would do nothing is refused, as crun and runc do.
Result<> checkSwap(const oci::Resources& resources)
{
    if (!resources.memorySwapBytes)
        return {};
    const std::string place = "config.json: linux.resources.memory.swap: ";
    if (!resources.memoryLimitBytes)
        return Error{ ErrorCode::InvalidArgument, place + "limits memory and swap together, and memory has no limit", 0,
            "Give linux.resources.memory.limit as well" };
    if (*resources.memorySwapBytes >= *resources.memoryLimitBytes)
        return {};
    return Error{ ErrorCode::InvalidArgument, place + "memory and swap together cannot be less than memory alone", 0,
        {} };
}

/// v2 counts swap alone, the specification memory and swap together.
Result<> setSwap(const std::string& folder, const oci::Resources& resources)
{
    if (!resources.memorySwapBytes || !resources.memoryLimitBytes)
        return {};
    const auto swap = *resources.memorySwapBytes - *resources.memoryLimitBytes;
    auto written = writeControl(folder + kSwapFile, std::to_string(swap));
    const bool hasNoSwapFile = !written && written.error().code == ErrorCode::NotFound; // a kernel without swap
    return hasNoSwapFile ? Result<>() : written;
}

Result<> setQuota(const std::string& folder, const oci::Resources& resources)
{
    if (!resources.cpuQuotaMicroseconds)
        return {};
    const auto period = resources.cpuPeriodMicroseconds.value_or(kDefaultPeriodMicroseconds);
    const std::string text = std::to_string(*resources.cpuQuotaMicroseconds) + " " + std::to_string(period);
    return writeControl(folder + "/cpu.max", text);
}

/// The kernel holds the burst below the quota at every moment: a smaller burst goes before it, a greater one after.
Result<> setBandwidth(const std::string& folder, const oci::Resources& resources)
{
    if (!resources.cpuBurstMicroseconds)
        return setQuota(folder, resources);
    const auto setBurst
        = [&] { return writeControl(folder + "/cpu.max.burst", std::to_string(*resources.cpuBurstMicroseconds)); };
    const bool isSet = static_cast<bool>(setBurst());
    auto limited = setQuota(folder, resources);
    return !limited || isSet ? limited : setBurst();
}

/// What every group has: containerd's clients write it into each config.json.
bool hasDefaultShares(const oci::Resources& resources)
{
    return resources.cpuShares == kDefaultShares;
}

Result<> setShares(const std::string& folder, const oci::Resources& resources)
{
    if (!resources.cpuShares)
        return {};
    auto written = writeControl(folder + "/cpu.weight", std::to_string(weightOfShares(*resources.cpuShares)));
    const bool isMissing = !written && written.error().code == ErrorCode::NotFound;
    return isMissing && hasDefaultShares(resources) ? Result<>() : written;
}

Result<> setCpu(const std::string& folder, const oci::Resources& resources)
{
    auto done = setBandwidth(folder, resources);
    if (done)
        done = setShares(folder, resources);
    return done ? setOptional(folder + "/cpu.idle", resources.cpuIdle) : done; // an idle group takes no weight
}

Result<> requireRoom(const std::string& folder, const oci::Resources& resources)
{
    if (!resources.refusesMemoryBelowUse || !resources.memoryLimitBytes)
        return {};
    auto text = readFile(folder + "/memory.current", 64);
    std::int64_t used = 0;
    if (text)
        (void)std::from_chars(text->data(), text->data() + text->size(), used);
    if (used <= *resources.memoryLimitBytes)
        return {};
    return Error{ ErrorCode::InvalidArgument,
        "linux.resources.memory.limit: " + std::to_string(*resources.memoryLimitBytes) + " bytes are less than the "
            + std::to_string(used) + " in use, and checkBeforeUpdate is set",
        0, {} };
}

Result<> setHugepages(const std::string& folder, const oci::Resources& resources)
{
    for (const auto& limit : resources.hugepageLimits) {
        const std::string file = folder + "/hugetlb." + limit.pageSize;
        if (auto written = writeControl(file + ".max", std::to_string(limit.bytes)); !written)
            return written;
        auto reserved = writeControl(file + ".rsvd.max", std::to_string(limit.bytes));
        if (!reserved && reserved.error().code != ErrorCode::NotFound) // since 5.7
            return reserved;
    }
    return {};
}

Result<> setRdma(const std::string& folder, const oci::Resources& resources)
{
    for (const auto& [device, limit] : resources.rdmaLimits) {
        std::string line = device;
        if (limit.handles)
            line += " hca_handle=" + std::to_string(*limit.handles);
        if (limit.objects)
            line += " hca_object=" + std::to_string(*limit.objects);
        if (auto written = writeControl(folder + "/rdma.max", line); !written)
            return written;
    }
    return {};
}

/// `device`: empty, or "8:16 ".
Result<> setIoWeight(const std::string& folder, const std::string& device, std::uint32_t weight)
{
    auto written = writeControl(folder + "/io.weight", device + std::to_string(ioWeightOf(weight)));
    const bool isMissing = !written && written.error().code == ErrorCode::NotFound; // without blk-iocost: BFQ's own
    return isMissing ? writeControl(folder + "/io.bfq.weight", device + std::to_string(weight)) : written;
}

Result<> setIoWeights(const std::string& folder, const oci::Resources& resources)
{
    auto done = resources.ioWeight ? setIoWeight(folder, {}, *resources.ioWeight) : Result<>();
    for (const auto& device : resources.ioDeviceWeights) {
        if (done)
            done = setIoWeight(
                folder, std::to_string(device.major) + ":" + std::to_string(device.minor) + " ", device.weight);
    }
    return done;
}

Result<> setRates(const std::string& folder, const char* key, const std::vector<oci::DeviceRate>& rates)
{
    for (const auto& rate : rates) {
        const std::string line = std::to_string(rate.major) + ":" + std::to_string(rate.minor) + " " + key + "="
            + (rate.rate == 0 ? "max" : std::to_string(rate.rate)); // the kernel refuses 0, which was v1's "no limit"
        if (auto written = writeControl(folder + "/io.max", line); !written)
            return written;
    }
    return {};
}

Result<> setIo(const std::string& folder, const oci::Resources& resources)
{
    auto done = setIoWeights(folder, resources);
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

Result<> checkUnified(const oci::Resources& resources)
{
    for (const auto& [name, value] : resources.unified) {
        if (name.find('/') != std::string::npos || name.find('.') == std::string::npos)
            return Error{ ErrorCode::InvalidArgument,
                "config.json: linux.resources.unified: \"" + name + "\" is no file of a cgroup", 0, {} };
    }
    return {};
}

bool endsProcesses(const std::string& file)
{
    return file == kMemoryFile || file == kSwapFile;
}

/// Those that may cost a process its life, or the others.
Result<> setUnified(const std::string& folder, const oci::Resources& resources, bool areDeadly)
{
    for (const auto& [name, value] : resources.unified) {
        const std::string file = "/" + name;
        if (endsProcesses(file) != areDeadly)
            continue;
        auto written = value.empty() ? emptyControl(folder, name) : writeControl(folder + file, value);
        const bool isUnlimitedAnyway = file == kSwapFile && value == "max"; // a kernel without swap has no such file
        if (!written && !(isUnlimitedAnyway && written.error().code == ErrorCode::NotFound))
            return written;
    }
    return {};
}

bool limitsIo(const oci::Resources& resources)
{
    return resources.ioWeight || !resources.ioDeviceWeights.empty() || !resources.readBytesPerSecond.empty()
        || !resources.writeBytesPerSecond.empty() || !resources.readsPerSecond.empty()
        || !resources.writesPerSecond.empty();
}

} // namespace

std::string availableAbove(const std::string& folder, const std::string& file)
{
    const auto all = readFile(folder.substr(0, folder.rfind('/')) + "/" + file + ".effective", kMostControlBytes);
    return all ? *all : std::string();
}

Result<> emptyControl(const std::string& folder, const std::string& file)
{
    auto written = writeControl(folder + "/" + file, "\n");
    if (written || written.error().sysErrno != ENOSPC)
        return written;
    const std::string all = availableAbove(folder, file);
    return all.empty() ? written : writeControl(folder + "/" + file, all);
}

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
    const bool hasShares = resources.cpuShares && !hasDefaultShares(resources);
    if (resources.cpuQuotaMicroseconds || hasShares || resources.cpuBurstMicroseconds || resources.cpuIdle)
        names.emplace_back("cpu");
    if (!resources.cpus.empty() || !resources.mems.empty())
        names.emplace_back("cpuset");
    if (resources.pidsLimit)
        names.emplace_back("pids");
    if (limitsIo(resources))
        names.emplace_back("io");
    if (!resources.hugepageLimits.empty())
        names.emplace_back("hugetlb");
    if (!resources.rdmaLimits.empty())
        names.emplace_back("rdma");
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

Result<> setLimitsButMemory(const std::string& folder, const oci::Resources& resources)
{
    auto done = checkSwap(resources);
    if (done)
        done = checkUnified(resources);
    if (done)
        done = requireRoom(folder, resources);
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
    if (done)
        done = setHugepages(folder, resources);
    if (done)
        done = setRdma(folder, resources);
    return done ? setUnified(folder, resources, false) : done;
}

Result<> setLimits(const std::string& folder, const oci::Resources& resources)
{
    auto done = setLimitsButMemory(folder, resources);
    if (done)
        done = setOptional(folder + kMemoryFile, resources.memoryLimitBytes);
    if (done)
        done = setSwap(folder, resources);
    return done ? setUnified(folder, resources, true) : done;
}

} // namespace twinhull::runtime
