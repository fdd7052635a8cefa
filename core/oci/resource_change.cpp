// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/resource_change.h"

#include "core/oci/decode_linux.h"

namespace twinhull::oci {

namespace {

struct Limit {
    const char* group;
    const char* key;
    const char* file; ///< of cgroup v2
};

constexpr Limit kLimits[] = {
    { "memory", "limit", "memory.max" },
    { "memory", "swap", "memory.swap.max" },
    { "memory", "reservation", "memory.low" },
    { "cpu", "quota", "cpu.max" },
    { "pids", "limit", "pids.max" },
};

bool isUnlimited(const nlohmann::json& resources, const Limit& limit)
{
    const auto group = resources.find(limit.group);
    if (group == resources.end() || !group->is_object())
        return false;
    const auto value = group->find(limit.key);
    return value != group->end() && value->is_number_integer() && *value == -1;
}

} // namespace

Result<ResourceChange> decodeResourceChange(std::string_view json, std::string_view fileName)
{
    auto document = parseObject(json, fileName);
    if (!document)
        return std::move(document).error();
    JsonProblem problem{ std::string(fileName), {} };
    const nlohmann::json linux_{ { "resources", *document } };
    std::vector<std::string> ignored;
    Resources resources = decodeLinux(JsonFields(linux_, {}, problem), ignored).resources;
    if (problem.first)
        return *std::move(problem.first);
    for (const auto& limit : kLimits) {
        if (isUnlimited(*document, limit))
            resources.unified.emplace(limit.file, "max");
    }
    return ResourceChange{ std::move(resources), std::move(ignored) };
}

} // namespace twinhull::oci
