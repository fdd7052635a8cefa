// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/monitor_arguments.h"

#include <string>
#include <string_view>

namespace twinhull {

/// The API socket of slirp4netns (slirp4netns(1), "API SOCKET"): one request a connection, then end of file, then the
/// answer.
std::string encodeAddForward(const PortForward& port, const std::string& guestAddress);
/// Of a forward that was added, by its number.
std::string encodeRemoveForward(int number);
/// The number of an added forward, or what slirp4netns said.
Result<int> decodeAddedForward(std::string_view text);
/// Success, or what slirp4netns said.
Result<> decodeSlirpReply(std::string_view text);

} // namespace twinhull
