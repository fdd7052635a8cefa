// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/images/worker_report.h"

#include <string>

namespace twinhull {

/// Makes a layer's tar (image-spec layer.md) of the upper folder of an overlay: character devices 0:0 become whiteouts,
/// opaque folders get their mark, hard links, holes, user.* attributes and file capabilities are kept; sockets and
/// devices are left out. `file` is made and must not exist. Progress is in bytes, of a total that is not known (0). A
/// file that changes its size meanwhile is Busy. For a process that is root of its user namespace.
Result<> packLayer(const std::string& upperFolder, const std::string& file, const ProgressFunction& progress);

} // namespace twinhull
