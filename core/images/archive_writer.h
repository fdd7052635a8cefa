// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace twinhull {

/// Whom a member of an archive belongs to and what may be done with it.
struct ArchiveOwner {
    mode_t permissions = 0644;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Writes an archive into memory: the same members give the same bytes, always (all times are the epoch).
class ArchiveWriter {
public:
    enum class Format { Tar, CpioNewc };

    explicit ArchiveWriter(Format format);
    ~ArchiveWriter();

    /// Paths are relative to the archive's root, folders before what they hold.
    Result<> addFolder(const std::string& path, const ArchiveOwner& owner);
    Result<> addFile(const std::string& path, std::string_view content, const ArchiveOwner& owner);
    Result<> addSymlink(const std::string& path, const std::string& target);

    Result<std::string> finish() &&;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
