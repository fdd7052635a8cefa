// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/screens/screen_description.h"

#include <QUrl>

namespace twinhull {

/// Connects to where a screen's server listens, for libvirts that hand out no descriptor: its socket or address when
/// the hypervisor is on this computer; else its address, or through ssh where the connection itself goes that way and
/// only the hypervisor's own programs reach it. Blocks for ten seconds at most.
Result<UniqueFd> connectToScreen(const ScreenDescription& one, const QUrl& connection);

} // namespace twinhull
