// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace twinhull::test {

/// Makes a TemporaryWorld one for VMs made from images: a kernel for guests (sharedKernelPackage), and then what the
/// test begins with, each the words of one run of twinhullctl. The first that fails is the error, with all it said.
Result<> prepareGuests(const std::vector<std::vector<std::string>>& begin = {});

} // namespace twinhull::test
