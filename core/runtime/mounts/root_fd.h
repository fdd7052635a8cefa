// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <string>

namespace twinhull::runtime {

/// The only road into a container's root file system. Every path is resolved by the kernel inside the held folder
/// (openat2(2), RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS): neither symbolic links nor ".." nor a race leads outside.
/// What is opened is a descriptor, and mounts go onto descriptors, so that nothing can be exchanged in between.
class RootFd {
public:
    enum class Links { Follow, Refuse };

    /// Takes an O_PATH descriptor of the root folder.
    explicit RootFd(UniqueFd folder) : m_folder(std::move(folder)) { }

    int fd() const { return m_folder.fd(); }

    /// `flags` as for open(2); O_CLOEXEC is added.
    Result<UniqueFd> open(const std::string& path, int flags, Links links = Links::Follow) const;

    /// O_PATH of the folder, made with its parents (0755) where missing.
    Result<UniqueFd> makeFolder(const std::string& path, Links links = Links::Follow) const;

    /// O_PATH of the file, made empty (0644) with its parents where missing; an existing one may be of any kind but a
    /// folder.
    Result<UniqueFd> makeFile(const std::string& path) const;

    /// O_PATH of the folder that holds the last component, made where missing.
    Result<UniqueFd> makeParent(const std::string& path) const;

    static std::string lastComponent(const std::string& path);

private:
    UniqueFd m_folder;
};

} // namespace twinhull::runtime
