// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace twinhull {

/// Cuts the uncompressed kernel (vmlinux) out of a bzImage (kernel Documentation/x86/boot.rst, protocol 2.08 or newer,
/// fields payload_offset and payload_length). Unsupported where it has no PVH entry: QEMU could not start it directly.
Result<std::string> extractVmlinux(std::string_view bzImage);

/// Takes the pages of zeros at the ends of the segments out of what a loader copies: memory is zero at power-on, and
/// the kernel clears its own (arch/x86 clear_bss). QEMU keeps every page it read and wrote for them, 8 MiB a VM with
/// Debian's. The file keeps its size; a file that is no ELF stays as it is.
void trimZeroTails(std::string& vmlinux);

/// Whether the ELF file has the note XEN_ELFNOTE_PHYS32_ENTRY (xen/interface/elfnote.h).
Result<> checkPvhEntry(std::string_view vmlinux);

} // namespace twinhull
