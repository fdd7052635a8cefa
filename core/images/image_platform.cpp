// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_platform.h"

#include <algorithm>
#include <vector>

namespace twinhull {

namespace {

bool isPlatformWord(std::string_view word)
{
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
}

} // namespace

std::string_view hostArchitecture()
{
#if defined(__x86_64__)
    return "amd64";
#elif defined(__aarch64__)
    return "arm64";
#else
#error "name this processor as Go does"
#endif
}

ImagePlatform hostPlatform()
{
    return { std::string(hostArchitecture()), "linux", {} };
}

Result<ImagePlatform> parsePlatform(std::string_view text)
{
    std::vector<std::string> words;
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find('/', start), text.size());
        words.emplace_back(text.substr(start, end - start));
        start = end + 1;
    }
    if (words.size() > 3 || !std::all_of(words.begin(), words.end(), isPlatformWord))
        return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text.substr(0, 64)) + "\" is not a platform", 0,
            "Name one like linux/amd64, linux/arm64 or linux/arm/v7." };
    if (words.size() == 1)
        return ImagePlatform{ words[0], "linux", {} };
    return ImagePlatform{ words[1], words[0], words.size() == 3 ? words[2] : std::string() };
}

std::string platformText(const ImagePlatform& platform)
{
    return platform.os + "/" + platform.architecture + (platform.variant.empty() ? "" : "/" + platform.variant);
}

bool fitsPlatform(const ImagePlatform& offered, const ImagePlatform& wanted)
{
    return offered.os == wanted.os && offered.architecture == wanted.architecture
        && (offered.variant.empty() || wanted.variant.empty() || offered.variant == wanted.variant);
}

} // namespace twinhull
