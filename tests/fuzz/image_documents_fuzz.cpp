// SPDX-License-Identifier: GPL-3.0-or-later
// What a registry or an archive says: index, manifest, list of images, configuration, tags, what a search finds.
#include "core/oci/image_config.h"
#include "core/oci/image_digest.h"
#include "core/oci/image_index.h"
#include "core/oci/image_manifest.h"
#include "core/oci/registry_answers.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto text = fuzz::textOf(bytes, size);
    fuzz::requireOneLine(decodeImageIndex(text));
    fuzz::requireOneLine(decodeImageManifest(text));
    fuzz::requireOneLine(decodeDockerArchiveManifest(text));
    fuzz::requireOneLine(decodeImageConfig(text));
    fuzz::requireOneLine(Digest::parse(text));
    fuzz::requireOneLine(decodeTagList(text));
    fuzz::requireOneLine(decodeSearchAnswer(text));
    fuzz::requireOneLine(decodeCatalogue(text));
    return 0;
}
