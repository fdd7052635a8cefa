// SPDX-License-Identifier: GPL-3.0-or-later
// The program's first instructions, before the C library's. hull has to start itself again from a read-only mount
// (core/runtime/process/protected_program.h), and what the library does before main, asking the processor for its
// features above all, is half a millisecond where a hypervisor answers (CPUID always leaves the guest: Intel SDM vol.
// 3, "Instructions That Cause VM Exits Unconditionally"). Done here it is paid once. Nothing rests on it: whatever
// fails here is left as it is, and main looks again whether the program is protected.
//
// No library call, no thread-local and no stack guard may be used: none of them works yet. Linked as the entry point of
// the static build for x86-64 only.
#if defined(TWINHULL_EARLY_ENTRY)

#include <elf.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>

namespace {

[[gnu::always_inline]] inline long call(
    long number, long first, long second = 0, long third = 0, long fourth = 0, long fifth = 0)
{
    long result = number;
    register long r10 asm("r10") = fourth;
    register long r8 asm("r8") = fifth;
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(first), "S"(second), "d"(third), "r"(r10), "r"(r8)
                 : "rcx", "r11", "memory");
    return result;
}

template <typename Type>
[[gnu::always_inline]] inline long address(Type* pointer)
{
    return reinterpret_cast<long>(pointer);
}

template <unsigned long Size>
[[gnu::always_inline]] inline bool startsWith(const char* text, const char (&start)[Size], unsigned long length)
{
    for (unsigned long i = 0; i < length; ++i) {
        if (text[i] != start[i])
            return false;
    }
    return true;
}

/// One too many costs a start, one too few nothing: main looks again.
bool mayMeetContainer(char** arguments)
{
    for (; *arguments != nullptr; ++arguments) {
        if (startsWith(*arguments, "run", 4) || startsWith(*arguments, "create", 7)
            || startsWith(*arguments, "exec", 5))
            return true;
    }
    return false;
}

/// A program that was executed by descriptor has this name (execveat(2)).
bool isStartedByDescriptor(char** environment)
{
    while (*environment != nullptr)
        ++environment;
    for (const auto* entry = reinterpret_cast<const Elf64_auxv_t*>(environment + 1); entry->a_type != AT_NULL;
         ++entry) {
        if (entry->a_type == AT_EXECFN)
            return startsWith(reinterpret_cast<const char*>(entry->a_un.a_val), "/dev/fd/", 8);
    }
    return true; // a kernel that does not say: main decides
}

} // namespace

/// `stack` is what the kernel left: argc, argv, a null, the environment, a null, the auxiliary vector.
extern "C" [[gnu::used, gnu::no_stack_protector]] void twinhullStartAgain(long* stack)
{
    char** arguments = reinterpret_cast<char**>(stack + 1);
    char** environment = arguments + stack[0] + 1;
    if (!mayMeetContainer(arguments) || isStartedByDescriptor(environment))
        return;
    const long program = call(SYS_openat, AT_FDCWD, address("/proc/self/exe"), O_RDONLY | O_CLOEXEC);
    const long mount = call(SYS_open_tree, program, address(""), AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    mount_attr attributes;
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    attributes.attr_clr = 0;
    attributes.propagation = 0;
    attributes.userns_fd = 0;
    if (call(SYS_mount_setattr, mount, address(""), AT_EMPTY_PATH, address(&attributes), sizeof attributes) == 0)
        call(SYS_execveat, mount, address(""), address(arguments), address(environment), AT_EMPTY_PATH);
    call(SYS_close, mount);
    call(SYS_close, program);
}

// the stack is aligned to 16 here and must be at the call; rdx belongs to _start (System V ABI for x86-64, 3.4.1)
asm(R"(
    .text
    .globl twinhullEntry
    .type twinhullEntry, @function
twinhullEntry:
    .cfi_startproc
    .cfi_undefined rip
    endbr64
    mov %rsp, %rdi
    push %rdx
    push %rdx
    call twinhullStartAgain
    pop %rdx
    pop %rdx
    jmp _start
    .cfi_endproc
    .size twinhullEntry, . - twinhullEntry
)");

#endif
