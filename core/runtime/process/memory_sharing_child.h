// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <linux/sched.h>

#include <functional>

namespace twinhull::runtime {

/// clone3(2) with CLONE_VM and CLONE_VFORK: `work` runs in the new process, on a stack of its own, and the process then
/// ends with status 0, while this one stands still. Nothing is copied and no page is faulted in twice.
/// What `work` writes is written here: it leaves this process's variables and descriptors objects alone, may not throw,
/// may use the heap, and what belongs to all who share memory (prctl(2): PR_SET_DUMPABLE) is changed here too. A
/// process that shares memory cannot enter another time namespace (time_namespaces(7)). Returns the pid, or -1 and
/// errno. Only from a process with a single thread. Where the compiler's target is not one that this is written for,
/// the new process has a copy of the memory and both run at the same time.
long cloneSharingMemory(clone_args& arguments, const std::function<void()>& work);

} // namespace twinhull::runtime
