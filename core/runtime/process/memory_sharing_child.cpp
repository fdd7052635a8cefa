// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/memory_sharing_child.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace twinhull::runtime {

namespace {

[[noreturn]] void runToTheEnd(const std::function<void()>& work)
{
    work();
    ::_exit(0);
}

#ifdef __x86_64__

constexpr std::size_t kStackBytes = std::size_t(128) * 1024;

/// The child begins with an empty stack, where syscall(2) could not return to its caller: the call and what follows it
/// are one piece.
long cloneOntoStack(clone_args& arguments, const std::function<void()>& work)
{
    long result = SYS_clone3;
    asm volatile("syscall\n\t"
                 "testq %%rax, %%rax\n\t"
                 "jnz 1f\n\t"
                 "movq %[work], %%rdi\n\t"
                 "call *%[run]\n\t"
                 "ud2\n"
                 "1:"
                 : "+a"(result)
                 : "D"(&arguments), "S"(sizeof arguments), [run] "b"(&runToTheEnd), [work] "d"(&work)
                 : "rcx", "r11", "memory", "cc");
    return result;
}

} // namespace

long cloneSharingMemory(clone_args& arguments, const std::function<void()>& work)
{
    // part of this process's own, whose pages are most likely there already
    alignas(16) std::byte stack[kStackBytes];
    arguments.flags |= CLONE_VM | CLONE_VFORK;
    arguments.stack = reinterpret_cast<std::uint64_t>(&stack);
    arguments.stack_size = sizeof stack;
    const long result = cloneOntoStack(arguments, work);
    if (result >= 0)
        return result;
    errno = static_cast<int>(-result);
    return -1;
}

#else

} // namespace

long cloneSharingMemory(clone_args& arguments, const std::function<void()>& work)
{
    const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0)
        runToTheEnd(work);
    return pid;
}

#endif

} // namespace twinhull::runtime
