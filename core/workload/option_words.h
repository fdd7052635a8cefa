// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_plan.h"

namespace twinhull {

/// The options of twinhullctl for what a plan's option structs hold ("--user web --read-only …"); none for what is left
/// as usual.
QStringList optionWords(const WorkloadPlan& plan);

/// "--device-read-bps" and so on.
QString optionOf(DeviceRateKind kind);

} // namespace twinhull
