// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace twinhull {

/// The absolute path of the fuse-overlayfs that makes roots; empty where there is none. TWINHULL_FUSE_OVERLAYFS names
/// it, else it is where packages put it: never what a PATH or a file of a container says. Whatever is named and is no
/// absolute path of a program, as "none", is none.
std::string fuseOverlayProgram();

} // namespace twinhull
