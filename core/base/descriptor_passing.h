// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstddef>
#include <string_view>

namespace twinhull {

/// One message over a UNIX socket with at most one descriptor in it (unix(7), SCM_RIGHTS).

/// What came: how many bytes (0: the other side has closed), and the descriptor, close-on-exec, where there was one.
struct ReceivedBytes {
    std::size_t count = 0;
    UniqueFd descriptor;
};

/// The other side gets a copy of `descriptor`; -1: none. `bytes` must not be empty. A closed other side is an error
/// (EPIPE), never a signal.
Result<> sendWithDescriptor(const UniqueFd& socket, std::string_view bytes, int descriptor);

/// Fills `buffer` from one message; blocks where the socket does. A message that does not fit, that brings more than
/// one descriptor, or one that this process has no room for, is Corrupt, and all that came with it is closed.
Result<ReceivedBytes> receiveWithDescriptor(const UniqueFd& socket, void* buffer, std::size_t size);

} // namespace twinhull
