// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/subprocess.h"

namespace twinhull {

/// The disk that CommandRun::extra hands to a child: the very file that was looked at, whatever its path names now.
constexpr const char* kInheritedDisk = "/proc/self/fd/3";

/// qemu-img with those arguments, held to 2 GiB of address space: a disk may be made to ask for any amount. Unavailable
/// where it is not installed.
Result<Command> qemuImg(std::vector<std::string> arguments);

/// What it wrote to standard output; its last words as the error where it fails.
Result<std::string> outputOf(const Command& command, const CommandRun& run);

} // namespace twinhull
