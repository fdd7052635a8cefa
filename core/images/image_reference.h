// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/images/image_info.h"

#include <QString>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// With its tag (":latest" where there is none). InvalidArgument for what cannot be a name: empty, over 255
/// characters, or characters other than letters, digits and . _ - / :
Result<std::string> normalizedReference(std::string_view text);

/// What a person's words choose among these images.
struct ImageMatch {
    ImageInfo info;
    std::optional<QString> reference; ///< the full one, where the words were a reference and not a digest
};

/// By digest, unique digest prefix of at least 8 hex digits, full reference, or a reference's unique end at a "/".
std::optional<ImageMatch> matchImage(const std::vector<ImageInfo>& images, const QString& words);

/// The error for words that chose nothing.
Error unknownImage(const QString& words);

} // namespace twinhull
