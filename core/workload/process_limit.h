// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/plan_options.h"

namespace twinhull {

/// "NAME=SOFT[:HARD]" with a name of setrlimit(2) as "nofile", numbers in its units, and -1 for no limit; one number is
/// both. InvalidArgument names it and shows the form.
Result<ProcessLimit> processLimitFromText(const QString& text);
QString processLimitText(const ProcessLimit& limit);

/// RLIMIT_NOFILE of "nofile"; absent for a name that is none.
std::optional<int> resourceNumber(const QString& name);

/// Of one that processLimitFromText() takes. Unsupported where it is above that of this process: only root raises a
/// limit above its own (setrlimit(2), CAP_SYS_RESOURCE).
Result<> checkOwnLimit(const ProcessLimit& limit);

} // namespace twinhull
