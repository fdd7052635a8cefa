// SPDX-License-Identifier: GPL-3.0-or-later
// In sanitized programs: libvirt forks for a program that carries a connection (ssh, qemu+ext), and its child allocates
// before it executes anything. glibc hands its own allocator over in order; AddressSanitizer of clang 14 does not:
// where another thread was allocating at that moment, the child waits for ever for a lock that nobody holds, and the
// connection with it. Later versions (17) take these locks by themselves.
#include <pthread.h>

#if defined(__clang__) && __clang_major__ < 17

namespace __lsan { // NOLINT(bugprone-reserved-identifier): of the sanitizer, which is linked statically
void LockAllocator();
void UnlockAllocator();
} // namespace __lsan

namespace {

/// Not the depot of stacks, whose million locks would be written at each fork: a child needs that very one by a chance
/// of one in a million.
void holdAllocator()
{
    __lsan::LockAllocator();
}

void releaseAllocator()
{
    __lsan::UnlockAllocator();
}

void guardForks()
{
    (void)::pthread_atfork(holdAllocator, releaseAllocator, releaseAllocator);
}

/// Before the constructors of all libraries: what is registered first is called last before a fork, when nobody else's
/// handler allocates any more, and first after it.
[[gnu::section(".preinit_array"), gnu::used]] void (*const kGuardForks)() = guardForks;

} // namespace

#endif
