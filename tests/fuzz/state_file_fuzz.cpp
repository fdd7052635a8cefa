// SPDX-License-Identifier: GPL-3.0-or-later
// state.json of a container.
#include "core/oci/container_record.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    auto record = oci::decodeRecord(fuzz::textOf(bytes, size), "state.json");
    if (!record)
        return 0;
    const std::string written = oci::encodeRecord(*record);
    auto again = oci::decodeRecord(written, "state.json");
    fuzz::require(again && oci::encodeRecord(*again) == written, "what was written reads the same");
    (void)oci::encodeState({ *record, oci::ContainerStatus::Running });
    return 0;
}
