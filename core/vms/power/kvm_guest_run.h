// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

/// Makes a VM with one processor in 64-bit mode, lets it write one byte to an I/O port, and compares the byte. Only
/// system calls and memory of its own, so it may run between fork and exec. May never return on a broken host.
bool runsKvmGuest();

} // namespace twinhull
