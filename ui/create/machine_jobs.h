// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_making.h"
#include "ui/create/create_form.h"
#include "ui/page/app_context.h"

namespace twinhull {

/// Null where the VMs' back end of that connection cannot make machines; empty: the home one.
MachineMaking* makingOf(AppContext& context, const QString& connection = {});

/// Reads the files that the form names and has the machine looked at; null where there is no back end for it.
std::unique_ptr<Job> adviseJob(AppContext& context, const CreateForm& form, std::shared_ptr<MachineAdvice> into);

/// Makes what is advised for the form; for one whose VM is not made from an image. Null as above.
std::unique_ptr<Job> makeMachineJob(AppContext& context, const CreateForm& form);

} // namespace twinhull
