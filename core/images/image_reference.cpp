// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_reference.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kReferenceLimit = 255;
constexpr qsizetype kShortestPrefix = 8;

bool isReferenceCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || std::string_view("._-/:").find(c) != std::string_view::npos;
}

bool isHex(QStringView text)
{
    return std::all_of(
        text.begin(), text.end(), [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); });
}

std::optional<ImageMatch> matchDigest(const std::vector<ImageInfo>& images, const QString& words)
{
    const QString prefix = QStringLiteral("sha256:");
    const QString hex = words.startsWith(prefix) ? words.mid(prefix.size()) : words;
    if (hex.size() < kShortestPrefix || !isHex(hex))
        return {};
    const auto matches = [&](const ImageInfo& info) { return info.digest.startsWith(prefix + hex); };
    if (std::count_if(images.begin(), images.end(), matches) != 1)
        return {};
    return ImageMatch{ *std::find_if(images.begin(), images.end(), matches), {} };
}

std::optional<ImageMatch> matchReference(const std::vector<ImageInfo>& images, const QString& reference)
{
    std::vector<ImageMatch> ends;
    for (const auto& info : images) {
        for (const auto& candidate : info.references) {
            if (candidate == reference)
                return ImageMatch{ info, candidate };
            if (candidate.endsWith(u'/' + reference))
                ends.push_back({ info, candidate });
        }
    }
    if (ends.size() != 1)
        return {};
    return ends.front();
}

} // namespace

Result<std::string> normalizedReference(std::string_view text)
{
    const bool named = !text.empty() && text.front() != '/' && text.front() != ':' && text.back() != '/'
        && text.back() != ':' && text.size() <= kReferenceLimit;
    if (!named || !std::all_of(text.begin(), text.end(), isReferenceCharacter))
        return Error{ ErrorCode::InvalidArgument,
            "\"" + std::string(text.substr(0, kReferenceLimit)) + "\" is not an image name", 0,
            "Use a name like web:1.0 or team/web:latest." };
    const auto slash = text.find_last_of('/');
    const bool hasTag = text.find(':', slash == std::string_view::npos ? 0 : slash) != std::string_view::npos;
    return std::string(text) + (hasTag ? "" : ":latest");
}

std::optional<ImageMatch> matchImage(const std::vector<ImageInfo>& images, const QString& words)
{
    if (auto reference = normalizedReference(words.toStdString())) {
        if (auto match = matchReference(images, QString::fromStdString(*reference)))
            return match;
    }
    return matchDigest(images, words);
}

Error unknownImage(const QString& words)
{
    return Error{ ErrorCode::NotFound, "there is no image \"" + words.toStdString() + "\"", 0,
        "See what there is with \"twinhullctl images\", or load it from a file first." };
}

} // namespace twinhull
