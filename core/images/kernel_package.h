// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/byte_source.h"

#include <functional>
#include <string>

namespace twinhull {

/// The files of a kernel package: a Debian package file, or a folder into which one was unpacked. Read as often as
/// asked for.
class KernelPackage {
public:
    /// `visit` gets each file's path ("boot/vmlinuz-6.1.0-1-amd64") and content; it may leave the content unread. Its
    /// error ends the walk.
    using Visit = std::function<Result<>(const std::string& path, const ByteSource& content)>;

    explicit KernelPackage(std::string path) : m_path(std::move(path)) { }

    Result<> forEachFile(const Visit& visit) const;

private:
    std::string m_path;
};

} // namespace twinhull
