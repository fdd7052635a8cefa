// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/descriptor_limit.h"

namespace twinhull {

namespace {

rlimit limitNow()
{
    rlimit limit{};
    (void)::getrlimit(RLIMIT_NOFILE, &limit); // cannot fail for a known resource
    return limit;
}

const rlimit& limitBefore()
{
    static const rlimit limit = limitNow();
    return limit;
}

} // namespace

void raiseDescriptorLimit()
{
    rlimit limit = limitBefore();
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit); // refused: what is beyond the old limit cannot be opened, and says so
}

rlimit inheritedDescriptorLimit()
{
    return limitBefore();
}

} // namespace twinhull
