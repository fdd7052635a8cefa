// SPDX-License-Identifier: GPL-3.0-or-later
// The user of an image, its passwd and its group file, with a NUL between them.
#include "core/oci/image_user.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    auto parts = fuzz::partsOf(fuzz::textOf(bytes, size), '\0');
    parts.resize(3);
    auto user = resolveUser(parts[0], parts[1], parts[2]);
    if (user)
        fuzz::require(user->uid != UINT32_MAX && user->gid != UINT32_MAX, "nobody is the id that means none");
    return 0;
}
