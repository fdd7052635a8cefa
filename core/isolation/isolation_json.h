// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/isolation/isolation_view.h"

#include <string>
#include <string_view>

namespace twinhull {

/// One line of JSON with its end. Bytes that are not UTF-8 are replaced.
std::string encodeIsolationView(const IsolationView& view);

/// Reads what a stranger wrote: lists are cut at kIsolationListLimit, texts at 1024 bytes without control characters.
/// Corrupt for anything else.
Result<IsolationView> decodeIsolationView(std::string_view line);

} // namespace twinhull
