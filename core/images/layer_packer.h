// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/images/worker_report.h"

#include <string>
#include <vector>

namespace twinhull {

/// Makes a layer's tar (image-spec layer.md) of the upper folder of an overlay: character devices 0:0 become whiteouts,
/// opaque folders get their mark, hard links, holes, user.* attributes and file capabilities are kept; sockets and
/// devices are left out. `file` is made and must not exist. Progress is in bytes, of a total that is not known (0). A
/// file that changes its size meanwhile is Busy. For a process that is root of its user namespace.
Result<> packLayer(const std::string& upperFolder, const std::string& file, const ProgressFunction& progress);

/// The same of a copy of the layers (highest first; tree_copier.h): what it is more, other or less than they are.
Result<> packCopy(const std::string& copy, const std::vector<std::string>& layers, const std::string& file,
    const ProgressFunction& progress);

} // namespace twinhull
