// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace twinhull {

/// Reads the file of that name from QEMU's fw_cfg device by its I/O ports (QEMU docs/specs/fw_cfg): no driver, no disk
/// and no argument list holds what a person may have put into the environment. x86, root only.
Result<std::string> readFirmwareFile(const std::string& name, std::size_t limitBytes);

} // namespace twinhull
