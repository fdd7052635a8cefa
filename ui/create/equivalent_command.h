// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/create_form.h"

namespace twinhull {

/// What Create and start does, as a command line of twinhullctl that can be pasted into a shell.
QString equivalentCommand(const CreateForm& form);

} // namespace twinhull
