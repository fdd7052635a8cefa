// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_packing.h"

#include "core/base/files.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace twinhull {

Result<std::optional<std::string>> packingOf(const std::string& path)
{
    auto file = openPath(path, O_RDONLY);
    if (!file)
        return std::move(file).error();
    char start[6] = {};
    if (::pread(file->fd(), start, sizeof start, 0) < 0)
        return Error::fromErrno(errno, "read " + path);
    const std::string_view magic(start, sizeof start);
    if (magic.starts_with("\x1f\x8b"))
        return std::optional<std::string>("+gzip");
    if (magic.starts_with("\x28\xb5\x2f\xfd"))
        return std::optional<std::string>("+zstd");
    const bool isOther = magic.starts_with("BZh")
        || magic.starts_with(std::string_view("\xfd"
                                              "7zXZ\0",
            6))
        || magic.starts_with("\x04\x22\x4d\x18") || magic.starts_with(std::string_view("\x5d\0\0", 3));
    return isOther ? std::optional<std::string>() : std::optional<std::string>("");
}

} // namespace twinhull
