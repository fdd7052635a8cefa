// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"

#include <span>

namespace twinhull {

/// While nobody looks at figures the history goes on, and what rests may be read less often for it.
enum class Attention { Watched, Unwatched };

/// Raw counters for many workloads in one call. Called on the sampler thread only; must read files and memory, never
/// wait for a service.
class MetricSource {
public:
    virtual ~MetricSource() = default;

    /// samples[i] belongs to targets[i]; the id and time are set, earlier sources may have filled fields. Fills what it
    /// knows, leaves the rest, and leaves alone what an earlier source spared (Sample::isSpared).
    virtual void read(std::span<const MetricTarget> targets, std::span<Sample> samples) = 0;

    /// Before a read(), when it has changed; Watched at first.
    virtual void setAttention(Attention) { }
};

} // namespace twinhull
