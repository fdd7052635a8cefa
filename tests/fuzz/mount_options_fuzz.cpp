// SPDX-License-Identifier: GPL-3.0-or-later
// A mount's options, one a line.
#include "core/runtime/mounts/mount_options.h"
#include "tests/fuzz/fuzz_input.h"

#include <sys/mount.h>

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    auto options = runtime::parseMountOptions(fuzz::partsOf(fuzz::textOf(bytes, size), '\n'));
    if (!options)
        return 0;
    // an access time is cleared as a whole and set anew (mount_setattr(2))
    constexpr std::uint64_t kOnes = ~std::uint64_t{ MOUNT_ATTR__ATIME };
    fuzz::require((options->set & options->clear & kOnes) == 0, "nothing is both set and cleared");
    fuzz::require((options->recursiveSet & options->recursiveClear & kOnes) == 0, "nor below");
    for (const auto& [key, value] : options->fileSystem)
        fuzz::require(!key.empty() && value.size() <= 255, "the kernel takes what is left");
    return 0;
}
