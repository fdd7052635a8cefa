// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/kept_attributes.h"

#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kAttributesLimitBytes = 64U << 10U; // XATTR_LIST_MAX, XATTR_SIZE_MAX (limits.h)

/// The last is that of containers/storage, which fuse-overlayfs reads as well.
constexpr std::array<std::string_view, 3> kOverlaysPrefixes{ "user.overlay.", "user.fuseoverlayfs.",
    "user.containers.override_" };

} // namespace

bool isImageAttribute(std::string_view name)
{
    return name == "security.capability"
        || (name.starts_with("user.")
            && std::none_of(kOverlaysPrefixes.begin(), kOverlaysPrefixes.end(),
                [name](std::string_view prefix) { return name.starts_with(prefix); }));
}

Result<std::map<std::string, std::string>> keptAttributesOf(int file)
{
    std::map<std::string, std::string> kept;
    std::vector<char> names;
    ssize_t bytes = ::flistxattr(file, nullptr, 0); // most files have none
    if (bytes > 0) {
        names.resize(kAttributesLimitBytes);
        bytes = ::flistxattr(file, names.data(), names.size());
    }
    if (bytes < 0)
        return errno == ENOTSUP ? Result<std::map<std::string, std::string>>(std::move(kept))
                                : Error::fromErrno(errno, "list attributes");
    std::vector<char> value(bytes > 0 ? kAttributesLimitBytes : 0);
    for (const char* name = names.data(); name < names.data() + bytes; name += std::string_view(name).size() + 1) {
        if (!isImageAttribute(name))
            continue;
        const ssize_t count = ::fgetxattr(file, name, value.data(), value.size());
        if (count < 0)
            return Error::fromErrno(errno, std::string("read attribute ") + name);
        kept.emplace(name, std::string(value.data(), static_cast<std::size_t>(count)));
    }
    return kept;
}

} // namespace twinhull
