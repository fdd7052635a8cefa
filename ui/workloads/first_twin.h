// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "ui/page/app_context.h"

#include <memory>

namespace twinhull {

/// Makes the starter image where it is missing, then its twin, and starts both.
std::unique_ptr<Job> makeFirstTwin(AppContext& context);

} // namespace twinhull
