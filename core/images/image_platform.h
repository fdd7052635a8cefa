// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/oci/image_index.h"

#include <string>
#include <string_view>

namespace twinhull {

/// Go's name of the processor this program was built for.
std::string_view hostArchitecture();
ImagePlatform hostPlatform();

/// "linux/arm64/v8", "linux/arm64" or "arm64". InvalidArgument for anything else.
Result<ImagePlatform> parsePlatform(std::string_view text);
std::string platformText(const ImagePlatform& platform);

/// A variant counts only where both name one.
bool fitsPlatform(const ImagePlatform& offered, const ImagePlatform& wanted);

} // namespace twinhull
