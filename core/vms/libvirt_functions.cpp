// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/libvirt_functions.h"

#include <dlfcn.h>

namespace twinhull {

void* libvirtSymbol(const char* name)
{
    // It needs libvirt.so.0, and dlsym(3) looks into what a library needs, too.
    static void* const library = ::dlopen("libvirt-qemu.so.0", RTLD_LAZY | RTLD_LOCAL);
    return library != nullptr ? ::dlsym(library, name) : nullptr;
}

} // namespace twinhull
