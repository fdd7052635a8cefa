// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/images/archive_reader.h"

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

/// The extended attributes overlayfs reads (kernel filesystems/overlayfs.rst): user.* where it is mounted in a user
/// namespace with "userxattr".
enum class OverlayAttributes { Trusted, User };

struct UnpackLimits {
    std::uint64_t bytes = 64ULL << 30U; ///< sum of all files
    std::uint64_t entries = 2'000'000;
};

/// What names that begin with ".wh." are: marks that become overlayfs's; marks that stay names, none beside what the
/// layer itself has under the name it hides, which fuse-overlayfs would hide, too; names as others (any other tar).
enum class Whiteouts { Applied, Named, PlainNames };

/// Writes a layer's tar stream (image-spec layer.md) into a folder in the form overlayfs wants: whiteouts become
/// character devices 0:0, opaque folders an attribute. The archive is hostile: nothing outside the folder is touched,
/// devices are left out, sizes are limited. On an error the folder is half full; the caller removes it.
class LayerUnpacker {
public:
    /// `root` is the empty folder, opened with O_DIRECTORY.
    LayerUnpacker(UniqueFd root, OverlayAttributes attributes, UnpackLimits limits = {},
        Whiteouts whiteouts = Whiteouts::Applied);

    Result<> unpack(ArchiveReader& archive);

private:
    struct Place {
        int parent = -1; ///< owned by m_parent
        std::string name;
    };

    Result<> add(const ArchiveEntry& entry, ArchiveReader& archive);
    Result<> addRoot(const ArchiveEntry& entry);
    Result<> addFolder(const Place& place, const ArchiveEntry& entry);
    Result<> addFile(const Place& place, const ArchiveEntry& entry, ArchiveReader& archive);
    Result<> addSymlink(const Place& place, const ArchiveEntry& entry);
    Result<> addHardLink(const Place& place, const ArchiveEntry& entry);
    Result<> addFifo(const Place& place, const ArchiveEntry& entry);
    Result<> addMark(const Place& place);
    Result<> addWhiteout(const Place& place, const std::string& hidden);
    Result<> writeContent(const UniqueFd& file, const ArchiveEntry& entry, ArchiveReader& archive);
    Result<> markOpaque(int folder);
    Result<> makeFolderAt(int parent, const std::string& name);
    Result<> clearFor(const Place& place);
    bool dropsNamedMark(int parent, const std::string& name) const;
    Result<bool> isSettled(const Place& mark);
    Result<UniqueFd> openFolder(const std::vector<std::string>& path);
    Result<Place> placeOf(std::vector<std::string> path);
    Result<> restoreFolderTimes();

    UniqueFd m_root;
    OverlayAttributes m_attributes;
    UnpackLimits m_limits;
    Whiteouts m_whiteouts;
    UniqueFd m_parent; ///< of the latest entry
    std::vector<std::string> m_parentPath;
    std::vector<std::pair<std::vector<std::string>, timespec>> m_folderTimes;
    std::uint64_t m_bytes = 0;
    std::uint64_t m_entries = 0;
};

} // namespace twinhull
