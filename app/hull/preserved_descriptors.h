// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/hull/arguments.h"
#include "core/runtime/process/socket_activation.h"

namespace twinhull::hull {

/// Descriptors from 3 on that the program gets: those of a service manager, then those of --preserve-fds.
struct PreservedDescriptors {
    int count = 0;
    runtime::SocketActivation activation;
};

/// An error where one of them is not open. To be called before hull opens any of its own.
Result<PreservedDescriptors> preservedDescriptors(const Arguments& arguments);

} // namespace twinhull::hull
