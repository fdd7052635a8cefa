// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/byte_source.h"

#include <functional>

namespace twinhull {

using IsCancelled = std::function<bool()>;

/// Writes to a pipe, a socket or a file of this process, and hears of a cancellation while the reader is slow. A reader
/// that is gone is Unavailable (EPIPE); of a pipe the process must ignore SIGPIPE. The descriptor must outlive it.
Result<> writePatiently(int to, std::string_view bytes, const IsCancelled& isCancelled);

/// Reads as patiently.
ByteSource patientSource(int from, IsCancelled isCancelled);

} // namespace twinhull
