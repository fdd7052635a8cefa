// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/vnc_functions.h"

#include <dlfcn.h>

namespace twinhull {

void* vncSymbol(const char* name)
{
    static void* const library = ::dlopen("libvncclient.so.1", RTLD_LAZY | RTLD_LOCAL);
    return library != nullptr ? ::dlsym(library, name) : nullptr;
}

} // namespace twinhull
