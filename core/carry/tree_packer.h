// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/carry/carry_message.h"

namespace twinhull {

/// What is to be packed, as whoever asked wrote it.
struct PackRequest {
    std::string path; ///< a slash at its end asks for a folder
    bool followsLink = false; ///< of the path itself; links below it are carried as links
};

/// Sends a file, a link or a whole folder, ending with Done. The path is resolved where this runs; below it no link is
/// followed. Other file systems that are mounted below it are part of it. A file that is written to meanwhile comes as
/// it is read; hard links become files of their own. An error ends it, and nobody is told but the caller.
Result<> packTree(const PackRequest& request, const CarrySink& sink);

} // namespace twinhull
