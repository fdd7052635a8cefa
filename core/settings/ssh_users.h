// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/settings.h"

namespace twinhull {

/// Who last logged in to a machine by ssh; empty where nobody did, or long ago. `machine` is a workload's key.
QString sshUserOf(const Settings& settings, const QString& machine);

/// Keeps it, beside those of at most 200 machines. An empty user is forgotten.
void keepSshUser(Settings& settings, const QString& machine, const QString& user);

} // namespace twinhull
