// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

/// For the window's thread: a call of libvirt hangs for as long as libvirtd or one QEMU does, half a minute and more.
/// From now on one on this thread ends the program, and says which it was; in a build with assertions only.
void forbidLibvirtOnThisThread();

} // namespace twinhull
