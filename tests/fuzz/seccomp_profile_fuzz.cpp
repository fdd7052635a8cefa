// SPDX-License-Identifier: GPL-3.0-or-later
// A seccomp profile, from its text to the program for the kernel.
#include "core/runtime/seccomp/seccomp_filter.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    auto profile = oci::decodeSeccomp(fuzz::textOf(bytes, size));
    if (!profile)
        return 0;
    fuzz::require(runtime::canonicalText(*profile).find('\n') == std::string::npos, "the canonical text is one line");
    auto filter = runtime::compileFilter(*profile);
    if (filter)
        fuzz::require(!filter->program.empty() && filter->program.size() <= BPF_MAXINSNS, "the kernel takes its size");
    return 0;
}
