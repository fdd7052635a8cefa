// SPDX-License-Identifier: GPL-3.0-or-later
// config.json of a bundle, process.json of `hull exec`, the file of `hull mounts` and that of `hull update`.
#include "core/oci/resource_change.h"
#include "core/oci/runtime_spec.h"
#include "core/runtime/mounts/mount_options.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

namespace {

void readVerbFiles(std::string_view text)
{
    fuzz::requireOneLine(oci::decodeProcess(text));
    auto mounts = oci::decodeMounts(text, "mounts.json");
    fuzz::requireOneLine(mounts);
    for (std::size_t i = 0; mounts && i < mounts->size(); ++i)
        fuzz::requireOneLine(runtime::parseMountOptions((*mounts)[i].options));
    fuzz::requireOneLine(oci::decodeResourceChange(text, "resources.json"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto text = fuzz::textOf(bytes, size);
    readVerbFiles(text);
    auto spec = oci::decodeRuntimeSpec(text);
    fuzz::requireOneLine(spec);
    if (!spec)
        return 0;
    const std::string written = oci::encodeRuntimeSpec(*spec);
    auto again = oci::decodeRuntimeSpec(written);
    fuzz::require(static_cast<bool>(again), "what was written can be read");
    fuzz::require(oci::encodeRuntimeSpec(*again) == written, "and is the same");
    return 0;
}
