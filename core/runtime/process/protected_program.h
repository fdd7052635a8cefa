// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace twinhull::runtime {

/// CVE-2019-5736: a container that gets hold of /proc/PID/exe of hull must not be able to write to the file behind it.
/// Where that would be possible this program starts itself again from a read-only mount that is attached nowhere, or
/// from a sealed copy in memory, and does not return. Returns when the running program is protected.
/// To be called before anything else in the process; `arguments` is main's argv.
Result<> protectProgram(char** arguments);

/// True when /proc/self/exe of this process cannot be opened for writing by a container of this user.
bool isProgramProtected();

} // namespace twinhull::runtime
