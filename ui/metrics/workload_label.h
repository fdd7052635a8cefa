// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace twinhull {

struct WorkloadInfo;

/// "web · container", "web · VM".
QString labelOf(const WorkloadInfo& info);

} // namespace twinhull
