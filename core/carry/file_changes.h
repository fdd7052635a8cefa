// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/carry/carry_message.h"

#include <string>

namespace twinhull {

/// What a person changes among a workload's files, as the program inside does it. Paths are resolved where this runs;
/// the last of a path is never followed, but by editing.

/// With all that is in it, on its own file system; no link is followed.
Result<> removeFile(const std::string& path);
/// AlreadyExists where something is there.
Result<> renameFile(const std::string& from, const std::string& to);
/// 0755. AlreadyExists where something is there.
Result<> makeFolderAt(const std::string& path);

constexpr std::size_t kEditLimitBytes = 1U << 20U;

/// How a file was when it was read for editing.
struct FileVersion {
    std::int64_t modifiedSeconds = 0;
    std::uint32_t modifiedNanoseconds = 0;
    std::uint64_t bytes = 0;

    friend bool operator==(const FileVersion&, const FileVersion&) = default;
};

/// Writes the text over the file that is there, which keeps owner, mode and links. Busy where it is no more as it was:
/// then nothing is written; neither where the disk has no room. Returns how it is now.
Result<FileVersion> editFile(const std::string& path, const FileVersion& before, std::string_view text);

} // namespace twinhull
