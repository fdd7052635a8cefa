// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/libvirt_functions.h"

#include "core/vms/link/libvirt_guard.h"

#include <dlfcn.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace twinhull {

namespace {

thread_local bool isLibvirtForbidden = false;

void endIfForbidden([[maybe_unused]] const char* name)
{
#ifndef NDEBUG
    if (!isLibvirtForbidden)
        return;
    std::fprintf(stderr, "%s of libvirt was called on the window's thread\n", name);
    std::abort();
#endif
}

/// libvirt writes to a connection that has gone on the thread of the call: a daemon that is killed would end the
/// program.
void blockBrokenPipes()
{
    thread_local const bool isBlocked = [] {
        sigset_t broken;
        ::sigemptyset(&broken);
        ::sigaddset(&broken, SIGPIPE);
        return ::pthread_sigmask(SIG_BLOCK, &broken, nullptr) == 0;
    }();
    (void)isBlocked;
}

} // namespace

void forbidLibvirtOnThisThread()
{
    isLibvirtForbidden = true;
}

void* libvirtSymbol(const char* name)
{
    endIfForbidden(name);
    blockBrokenPipes();
    // It needs libvirt.so.0, and dlsym(3) looks into what a library needs, too.
    static void* const library = ::dlopen("libvirt-qemu.so.0", RTLD_LAZY | RTLD_LOCAL);
    return library != nullptr ? ::dlsym(library, name) : nullptr;
}

} // namespace twinhull
