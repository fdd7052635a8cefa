// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"

#include <string>
#include <vector>

namespace twinhull {

/// Gives the image more names, which are taken from the images that had them. Blocks for the layout's lock.
Result<> tagImage(const ImageLayout& layout, const Digest& digest, const std::vector<std::string>& references);

/// Takes names from the image, all of them where none are given; the image stays. Blocks as above.
Result<> untagImage(const ImageLayout& layout, const Digest& digest, const std::vector<std::string>& references);

} // namespace twinhull
