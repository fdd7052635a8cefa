// SPDX-License-Identifier: GPL-3.0-or-later
// What a program inside of a container or a guest says of its isolation.
#include "core/isolation/isolation_json.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto view = decodeIsolationView(fuzz::textOf(bytes, size));
    fuzz::requireOneLine(view);
    if (!view)
        return 0;
    const std::string written = encodeIsolationView(*view);
    fuzz::require(written.find('\n') == written.size() - 1, "it is one line");
    const auto again = decodeIsolationView(written);
    fuzz::require(again && encodeIsolationView(*again) == written, "what was written reads the same");
    return 0;
}
