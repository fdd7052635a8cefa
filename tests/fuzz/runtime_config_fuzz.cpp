// SPDX-License-Identifier: GPL-3.0-or-later
// config.json of a bundle, and process.json of `hull exec`.
#include "core/oci/runtime_spec.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto text = fuzz::textOf(bytes, size);
    (void)oci::decodeProcess(text); // only that it ends
    auto spec = oci::decodeRuntimeSpec(text);
    if (!spec) {
        fuzz::require(spec.error().message.find('\n') == std::string::npos, "an error is one line");
        return 0;
    }
    const std::string written = oci::encodeRuntimeSpec(*spec);
    auto again = oci::decodeRuntimeSpec(written);
    fuzz::require(static_cast<bool>(again), "what was written can be read");
    fuzz::require(oci::encodeRuntimeSpec(*again) == written, "and is the same");
    return 0;
}
