// SPDX-License-Identifier: GPL-3.0-or-later
// The user of an image, its passwd and its group file, and the host's file of subordinate ids (subuid(5)), with a NUL
// between them.
#include "core/images/id_mapping.h"
#include "core/oci/image_user.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    auto parts = fuzz::partsOf(fuzz::textOf(bytes, size), '\0');
    parts.resize(4);
    auto user = resolveUser(parts[0], parts[1], parts[2]);
    if (user)
        fuzz::require(user->uid != UINT32_MAX && user->gid != UINT32_MAX, "nobody is the id that means none");
    std::uint64_t next = 1;
    for (const auto& range : parseSubordinateIds(parts[3], "web", 1000)) {
        fuzz::require(range.inside == next && range.count > 0, "the ranges follow each other");
        fuzz::require(std::uint64_t{ range.outside } + range.count <= UINT32_MAX, "and end within the ids there are");
        next += range.count;
    }
    return 0;
}
