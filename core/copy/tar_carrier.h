// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/carry/carry_message.h"
#include "core/images/byte_source.h"

#include <memory>

namespace twinhull {

/// Reads a tar stream, compressed or not, and sends what it holds as one folder that is entered, to its Done. The
/// archive is hostile: Corrupt for a path with "..", Unsupported for devices, FIFOs and hard links. Extended attributes
/// are left out.
Result<> packTar(ByteSource source, const CarrySink& sink);

/// Writes what comes as a tar stream to `sink`, below `name` (the first message has no name of its own); "." for a
/// folder's content. Holes become zeros.
CarryTaker tarTaker(std::string name, CarrySink sink);

} // namespace twinhull
