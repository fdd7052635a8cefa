// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/preserved_descriptors.h"

#include "core/runtime/process/descriptors.h"

namespace twinhull::hull {

Result<PreservedDescriptors> preservedDescriptors(const Arguments& arguments)
{
    auto asked = arguments.number("preserve-fds", 0);
    if (!asked)
        return std::move(asked).error();
    auto activation = runtime::SocketActivation::fromEnvironment();
    const int count = activation.descriptors + *asked;
    if (auto open = runtime::requireDescriptors(count); !open)
        return std::move(open).error();
    return PreservedDescriptors{ count, std::move(activation) };
}

} // namespace twinhull::hull
