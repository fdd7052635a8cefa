// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "ui/create/create_form.h"
#include "ui/page/app_context.h"

#include <memory>

namespace twinhull {

enum class AfterCreate { Nothing, Start };

/// Makes what the form describes and starts it where that is asked. What was made goes away again when the start fails.
/// Null when there is no back end for the kind. A twin is always started.
std::unique_ptr<Job> makeCreateJob(AppContext& context, const CreateForm& form, AfterCreate then);

} // namespace twinhull
