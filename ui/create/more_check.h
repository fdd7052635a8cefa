// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/form_check.h"

namespace twinhull {

/// What is wrong in the folded sections, by field: only in those that the kind has.
FormProblems checkMoreForm(const CreateForm& form, const FormWorld& world);

/// The cgroup controller that a field needs; empty: none.
QString controllerOf(FormField field);
/// Whether a container with that policy comes back at login, in a sentence; empty where there is nothing to say.
QString loginNote(const RestartPolicy& policy, const FormWorld& world);
/// Why a field cannot be used on this computer; empty where it can.
QString whyUseless(FormField field, const FormWorld& world);

} // namespace twinhull
