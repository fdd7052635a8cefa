// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/kept_attributes.h"

#include <sys/xattr.h>

#include <cerrno>
#include <string_view>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kAttributesLimitBytes = 64U << 10U; // XATTR_LIST_MAX, XATTR_SIZE_MAX (limits.h)

bool isImages(std::string_view name)
{
    const bool isOverlays = name.starts_with("user.overlay.") || name.starts_with("user.fuseoverlayfs.");
    return name == "security.capability" || (name.starts_with("user.") && !isOverlays);
}

} // namespace

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
        if (!isImages(name))
            continue;
        const ssize_t count = ::fgetxattr(file, name, value.data(), value.size());
        if (count < 0)
            return Error::fromErrno(errno, std::string("read attribute ") + name);
        kept.emplace(name, std::string(value.data(), static_cast<std::size_t>(count)));
    }
    return kept;
}

} // namespace twinhull
