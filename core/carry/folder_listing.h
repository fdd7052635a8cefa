// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/carry/carry_message.h"

#include <optional>

namespace twinhull {

/// What a name stands for. Letters as in the stream.
enum class ListedKind : char {
    File = 'f',
    Folder = 'd',
    Link = 'l',
    Fifo = 'p',
    Socket = 's',
    CharacterDevice = 'c',
    BlockDevice = 'b',
};

/// One name of a listing. A stranger's word, any bytes but NUL and "/" in names.
struct ListedFile {
    std::string name;
    ListedKind kind = ListedKind::File;
    CarryAttributes attributes;
    std::uint64_t bytes = 0;
    std::string linkTarget; ///< of a link, as it is written there
    bool leadsToFolder = false; ///< a folder, or a link to one
};

constexpr std::size_t kMostListed = 20'000; ///< names of one listing

/// Sends what lies in a folder as Listed, ending with Done: first the folder itself under no name, with its real path
/// as its link target, then its names as they come. A path that is no folder is the first and only one. The path is
/// resolved where this runs; links in the folder are told, not followed, but to see whether they lead to a folder.
/// Behind kMostListed names a LeftOut ends it.
Result<> listFolder(const std::string& path, const CarrySink& sink);

/// Of a Listed message; nothing of one that makes no sense.
std::optional<ListedFile> listedFileOf(const CarryMessage& message);

} // namespace twinhull
