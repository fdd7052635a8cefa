// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/decode_linux.h"

#include <cstdint>
#include <utility>

namespace twinhull::oci {

namespace {

template <typename Number>
void dropUnlimited(std::optional<Number>& limit)
{
    if (limit && *limit <= 0)
        limit.reset();
}

std::vector<DeviceRate> decodeRates(const JsonFields& fields, const char* key)
{
    std::vector<DeviceRate> rates;
    fields.objects(key, [&](const JsonFields& entry) {
        DeviceRate rate;
        entry.read("major", rate.major);
        entry.read("minor", rate.minor);
        entry.read("rate", rate.rate);
        rates.push_back(rate);
    });
    return rates;
}

void requireWeight(const JsonFields& fields, std::uint32_t weight)
{
    if (weight < 10 || weight > 1000)
        fields.problem().report(fields.pathOf("weight"), "expected a number from 10 to 1000");
}

/// What cgroup v1 had and v2 has not: 0 and -1 ask for nothing.
void passOver(const JsonFields& fields, const char* key, std::vector<std::string>& ignored)
{
    std::optional<std::int64_t> value;
    fields.read(key, value);
    if (value && *value != 0 && *value != -1)
        ignored.push_back(fields.pathOf(key));
}

std::vector<DeviceWeight> decodeDeviceWeights(const JsonFields& fields, std::vector<std::string>& ignored)
{
    std::vector<DeviceWeight> weights;
    fields.objects("weightDevice", [&](const JsonFields& entry) {
        DeviceWeight device;
        entry.read("major", device.major);
        entry.read("minor", device.minor);
        entry.read("weight", device.weight);
        passOver(entry, "leafWeight", ignored);
        if (!entry.has("weight") && !entry.has("leafWeight"))
            entry.problem().report(entry.path(), "expected weight, leafWeight or both");
        if (!entry.has("weight"))
            return;
        requireWeight(entry, device.weight);
        weights.push_back(device);
    });
    return weights;
}

void decodeBlockIo(const JsonFields& fields, Resources& resources, std::vector<std::string>& ignored)
{
    fields.read("weight", resources.ioWeight);
    if (resources.ioWeight)
        requireWeight(fields, *resources.ioWeight);
    passOver(fields, "leafWeight", ignored);
    resources.ioDeviceWeights = decodeDeviceWeights(fields, ignored);
    resources.readBytesPerSecond = decodeRates(fields, "throttleReadBpsDevice");
    resources.writeBytesPerSecond = decodeRates(fields, "throttleWriteBpsDevice");
    resources.readsPerSecond = decodeRates(fields, "throttleReadIOPSDevice");
    resources.writesPerSecond = decodeRates(fields, "throttleWriteIOPSDevice");
}

bool isPageSize(std::string_view text)
{
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos || text.size() != digits + 2)
        return false;
    return std::string_view("KMG").find(text[digits]) != std::string_view::npos && text[digits + 1] == 'B';
}

void decodeHugepages(const JsonFields& fields, Resources& resources)
{
    fields.objects("hugepageLimits", [&](const JsonFields& entry) {
        HugepageLimit limit;
        entry.readName("pageSize", limit.pageSize);
        entry.read("limit", limit.bytes);
        if (!isPageSize(limit.pageSize)) // it becomes part of a file's name
            entry.problem().report(entry.pathOf("pageSize"), "expected a size as in 2MB");
        resources.hugepageLimits.push_back(std::move(limit));
    });
}

void decodeRdma(const JsonFields& fields, Resources& resources)
{
    fields.members("rdma", [&](const std::string& device, const JsonFields& entry) {
        RdmaLimit limit;
        entry.read("hcaHandles", limit.handles);
        entry.read("hcaObjects", limit.objects);
        if (device.empty() || device.find_first_of(" \n") != std::string::npos)
            entry.problem().report(entry.path(), "expected the name of a device");
        if (!limit.handles && !limit.objects)
            entry.problem().report(entry.path(), "expected hcaHandles, hcaObjects or both");
        resources.rdmaLimits[device] = limit;
    });
}

void decodeMemory(const JsonFields& fields, Resources& resources, std::vector<std::string>& ignored)
{
    bool isOomKillerOff = false;
    fields.read("limit", resources.memoryLimitBytes);
    fields.read("swap", resources.memorySwapBytes);
    fields.read("reservation", resources.memoryReservationBytes);
    fields.read("checkBeforeUpdate", resources.refusesMemoryBelowUse);
    fields.read("disableOOMKiller", isOomKillerOff);
    if (isOomKillerOff)
        ignored.push_back(fields.pathOf("disableOOMKiller"));
    for (const char* name : { "kernel", "kernelTCP", "swappiness" })
        passOver(fields, name, ignored);
}

void decodeCpu(const JsonFields& fields, Resources& resources, std::vector<std::string>& ignored)
{
    fields.read("quota", resources.cpuQuotaMicroseconds);
    fields.read("period", resources.cpuPeriodMicroseconds);
    fields.read("shares", resources.cpuShares);
    fields.read("burst", resources.cpuBurstMicroseconds);
    fields.read("idle", resources.cpuIdle);
    if (resources.cpuIdle && *resources.cpuIdle != 0 && *resources.cpuIdle != 1)
        fields.problem().report(fields.pathOf("idle"), "expected 0 or 1");
    fields.readNumberList("cpus", resources.cpus);
    fields.readNumberList("mems", resources.mems);
    for (const char* name : { "realtimeRuntime", "realtimePeriod" })
        passOver(fields, name, ignored);
}

DeviceRule decodeDeviceRule(const JsonFields& fields)
{
    DeviceRule rule;
    std::string type = "a";
    std::string access;
    fields.read("allow", rule.isAllowed);
    fields.read("type", type);
    fields.read("major", rule.major);
    fields.read("minor", rule.minor);
    fields.read("access", access);
    if (type.size() != 1 || std::string_view("abc").find(type[0]) == std::string_view::npos)
        fields.problem().report(fields.pathOf("type"), "expected one of a, b, c");
    else
        rule.type = type[0];
    if (access.find_first_not_of("rwm") != std::string::npos)
        fields.problem().report(fields.pathOf("access"), "expected letters of rwm");
    if (!access.empty())
        rule.access = access;
    for (const auto& [key, number] : { std::pair("major", &rule.major), std::pair("minor", &rule.minor) }) {
        if (*number && **number < 0)
            number->reset(); // -1: any
        if (*number && **number > INT32_MAX)
            fields.problem().report(fields.pathOf(key), "expected a device's number");
    }
    return rule;
}

} // namespace

Resources decodeResources(const JsonFields& fields, std::vector<std::string>& ignored)
{
    Resources resources;
    fields.object("memory", [&](const JsonFields& memory) { decodeMemory(memory, resources, ignored); });
    fields.object("cpu", [&](const JsonFields& cpu) { decodeCpu(cpu, resources, ignored); });
    fields.object("pids", [&](const JsonFields& pids) { pids.read("limit", resources.pidsLimit); });
    fields.object("blockIO", [&](const JsonFields& io) { decodeBlockIo(io, resources, ignored); });
    decodeHugepages(fields, resources);
    decodeRdma(fields, resources);
    fields.objects("devices", [&](const JsonFields& rule) { resources.deviceRules.push_back(decodeDeviceRule(rule)); });
    fields.read("unified", resources.unified);
    dropUnlimited(resources.memoryLimitBytes);
    dropUnlimited(resources.memorySwapBytes);
    dropUnlimited(resources.memoryReservationBytes);
    dropUnlimited(resources.cpuQuotaMicroseconds);
    dropUnlimited(resources.pidsLimit);
    if (resources.cpuShares && *resources.cpuShares == 0)
        resources.cpuShares.reset();
    if (fields.has("network")) // marks of cgroup v1
        ignored.push_back(fields.pathOf("network"));
    return resources;
}

} // namespace twinhull::oci
