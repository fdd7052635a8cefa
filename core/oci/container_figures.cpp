// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_figures.h"

#include "core/oci/json_fields.h"

namespace twinhull::oci {

namespace {

using Json = nlohmann::ordered_json;
using Figure = std::optional<std::uint64_t>;

void put(Json& json, const Json::json_pointer& place, const Figure& figure)
{
    if (figure)
        json[place] = *figure;
}

std::string lineOf(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string encodeStatsEvent(std::string_view id, const ContainerFigures& figures)
{
    using Place = Json::json_pointer;
    Json data = Json::object();
    put(data, Place("/cpu/usage/total"), figures.cpuNanoseconds);
    put(data, Place("/cpu/usage/kernel"), figures.cpuKernelNanoseconds);
    put(data, Place("/cpu/usage/user"), figures.cpuUserNanoseconds);
    put(data, Place("/cpu/throttling/periods"), figures.periods);
    put(data, Place("/cpu/throttling/throttledPeriods"), figures.throttledPeriods);
    put(data, Place("/cpu/throttling/throttledTime"), figures.throttledNanoseconds);
    put(data, Place("/memory/cache"), figures.cacheBytes);
    put(data, Place("/memory/usage/limit"), figures.memoryLimitBytes);
    put(data, Place("/memory/usage/usage"), figures.memoryBytes);
    put(data, Place("/memory/usage/max"), figures.memoryPeakBytes);
    put(data, Place("/memory/swap/usage"), figures.swapBytes);
    put(data, Place("/pids/current"), figures.pids);
    put(data, Place("/pids/limit"), figures.pidsLimit);
    return lineOf(Json{ { "type", "stats" }, { "id", id }, { "data", data } });
}

std::string encodeOomEvent(std::string_view id)
{
    return lineOf(Json{ { "type", "oom" }, { "id", id } });
}

} // namespace twinhull::oci
