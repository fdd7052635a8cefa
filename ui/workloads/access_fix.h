// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

class QWidget;

namespace twinhull {

class Job;

/// Where the job fails because the machine may not come to a file, a button beside it leads to openAccessFix(). Does
/// nothing for what is no such machine.
void offerAccessFix(Job& job, AppContext& context, const WorkloadInfo& machine);

/// Looks what keeps a machine from its files, shows each with the command that helps, and offers to let it pass through
/// those folders where that is safe.
void openAccessFix(AppContext& context, const WorkloadInfo& machine, QWidget* window);

} // namespace twinhull
