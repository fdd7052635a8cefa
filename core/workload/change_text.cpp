// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/change_text.h"

#include "core/base/number_list.h"
#include "core/workload/option_text.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr uint kFewestShares = 2; // of cgroup v1's cpu.shares, which the specification kept
constexpr uint kLargestShares = 262'144;

bool isTakenAway(const QString& text)
{
    return text == u"none" || text == u"0";
}

Error nonsense(const QString& option, const QString& text, const char* hint)
{
    return Error{ ErrorCode::InvalidArgument, (option + u' ' + text).toStdString() + ": makes no sense", 0, hint };
}

Result<> addCpuSet(const QString& text, WorkloadChange& change)
{
    if (text.isEmpty())
        return {};
    const auto numbers = parseNumberList(text == u"none" ? std::string() : text.toStdString());
    if (!numbers)
        return nonsense(QStringLiteral("cpuset-cpus"), text, "Write processors as 0-3,7, or none for any.");
    change.cpuSet = numbers->empty() ? QString() : text;
    return {};
}

Result<> addShares(const QString& text, WorkloadChange& change)
{
    if (text.isEmpty())
        return {};
    bool isNumber = false;
    const uint shares = text.toUInt(&isNumber);
    if (!isTakenAway(text) && (!isNumber || shares < kFewestShares || shares > kLargestShares))
        return nonsense(QStringLiteral("cpu-shares"), text, "From 2 to 262144; usual is 1024. none: as others.");
    change.cpuShares = isTakenAway(text) ? 0 : shares;
    return {};
}

Result<> addRate(const QString& text, DeviceRateKind kind, WorkloadChange& change)
{
    const auto colon = text.lastIndexOf(u':');
    const bool isLess = colon > 0 && isTakenAway(text.mid(colon + 1));
    auto rate = deviceRateFromText(isLess ? text.left(colon) + QStringLiteral(":1") : text, kind);
    if (!rate)
        return std::move(rate).error();
    if (isLess)
        rate->perSecond = 0;
    const auto isOfIt
        = [&rate](const DeviceRateOption& other) { return other.kind == rate->kind && other.device == rate->device; };
    std::erase_if(change.deviceRates, isOfIt); // the last word counts
    change.deviceRates.push_back(*std::move(rate));
    return {};
}

} // namespace

Result<> addFineLimits(const FineLimitTexts& texts, WorkloadChange& change)
{
    if (!texts.memoryAndSwap.isEmpty()) {
        const auto bytes
            = isTakenAway(texts.memoryAndSwap) ? Result<std::int64_t>(0) : swapFromText(texts.memoryAndSwap);
        if (!bytes)
            return bytes.error();
        change.memoryAndSwapBytes = *bytes;
    }
    if (auto added = addCpuSet(texts.cpuSet, change); !added)
        return added;
    if (auto added = addShares(texts.cpuShares, change); !added)
        return added;
    for (std::size_t kind = 0; kind < texts.deviceRates.size(); ++kind) {
        for (const QString& text : texts.deviceRates[kind]) {
            if (auto added = addRate(text, static_cast<DeviceRateKind>(kind), change); !added)
                return added;
        }
    }
    return {};
}

bool isNothing(const WorkloadChange& change)
{
    return change == WorkloadChange{};
}

} // namespace twinhull
