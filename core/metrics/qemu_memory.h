// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace twinhull {

/// How much of a QEMU's proportional set size backs memory blocks of its machine (RAM, video memory, firmware), from
/// its smaps: those are the mappings that it told the kernel not to copy on fork (MADV_DONTFORK; VmFlags "dc"). Nothing
/// when the file cannot be read or has no such mapping. At most 64 MiB of text are read.
std::optional<std::uint64_t> ramPssBytes(const std::string& smaps);

} // namespace twinhull
