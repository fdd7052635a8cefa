// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/seccomp/call_outcomes.h"

namespace twinhull::runtime {

/// A program that decides the same as `program` by a binary search over the ranges of numbers that are treated alike.
/// Profiles name hundreds of calls, but they stand in a few dozen ranges: the program is several times shorter, which
/// the kernel's check and its compiler thank at every start. What follows the first look at an argument is taken over
/// instruction by instruction. `program` itself where that cannot be done or is not shorter.
BpfProgram searchByNumber(const BpfProgram& program);

} // namespace twinhull::runtime
