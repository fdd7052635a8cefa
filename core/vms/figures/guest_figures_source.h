// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_source.h"

#include <QString>

#include <map>
#include <memory>

namespace twinhull {

/// What the guests with our agent say of themselves. Threads of its own ask every few seconds, several guests at once,
/// so that one that is silent does not hold up the others, and only for the VMs that the sampler read lately; the
/// sampler's thread gets what is known. A guest that nobody looks at is asked once a minute: its answer costs it time.
/// Counters come in the tick after they were told and in no other, so that their rate is the mean since the answer
/// before. Thread-safe.
class GuestFiguresSource : public MetricSource {
public:
    GuestFiguresSource();
    ~GuestFiguresSource() override; ///< waits for the questions under way, a second at most

    /// Replaces the sockets of the agents of all running VMs.
    void setAgents(std::map<WorkloadId, QString> socketPaths);

    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override;
    void setAttention(Attention attention) override;

private:
    struct Core;
    std::unique_ptr<Core> m_core;
};

} // namespace twinhull
