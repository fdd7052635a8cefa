// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_changes.h"

#include <array>

namespace twinhull {

/// What a person wrote for the limits beside memory, processors and processes; empty: it stays as it is, "none": it is
/// taken away.
struct FineLimitTexts {
    QString memoryAndSwap; ///< "512M"; "-1": as much swap as there is
    QString cpuSet; ///< "0-3,7"
    QString cpuShares;
    std::array<QStringList, 4> deviceRates; ///< by DeviceRateKind: "/dev/sda:10M", "/dev/sda:none"
};

/// Into a change. InvalidArgument names the text that makes no sense; whether this computer can do it is not asked.
Result<> addFineLimits(const FineLimitTexts& texts, WorkloadChange& change);

/// A change of nothing.
bool isNothing(const WorkloadChange& change);

} // namespace twinhull
