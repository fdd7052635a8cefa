// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/mount_call.h"

#include <sys/mount.h>

#include <array>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kOptionsLimitBytes = 4095; // mount(2): one page

struct FlagName {
    std::uint64_t attribute;
    unsigned long flag;
};
constexpr std::array<FlagName, 4> kFlags{ {
    { MOUNT_ATTR_RDONLY, MS_RDONLY },
    { MOUNT_ATTR_NOSUID, MS_NOSUID },
    { MOUNT_ATTR_NODEV, MS_NODEV },
    { MOUNT_ATTR_NOEXEC, MS_NOEXEC },
} };

} // namespace

std::optional<MountCall> asMountCall(const FileSystemRequest& request)
{
    if ((request.attributes & MOUNT_ATTR_RDONLY) != 0 && request.type != "tmpfs")
        return {};
    MountCall call;
    std::uint64_t left = request.attributes;
    for (const auto& [attribute, flag] : kFlags) {
        if ((left & attribute) != 0)
            call.flags |= flag;
        left &= ~attribute;
    }
    if (left != 0)
        return {};
    for (const auto& [key, value] : request.options) {
        if (key.find(',') != std::string::npos || value.find(',') != std::string::npos)
            return {};
        call.options += (call.options.empty() ? "" : ",") + key + (value.empty() ? "" : "=" + value);
    }
    return call.options.size() <= kOptionsLimitBytes ? std::optional(std::move(call)) : std::nullopt;
}

} // namespace twinhull::runtime
