// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/detail_reader.h"
#include "core/metrics/metric_source.h"
#include "core/metrics/process_reader.h"

#include <memory>
#include <vector>

namespace twinhull {

class FootprintReader;

/// The host's side of every workload, one ruler for both kinds: the cgroup where there is one, and the process tree for
/// what no cgroup counts. Keeps descriptors open between ticks; drops them when a target goes away.
class HostCostSource : public MetricSource {
public:
    explicit HostCostSource(const ProcTree& proc = {});
    ~HostCostSource() override;

    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override;
    void setAttention(Attention attention) override;

private:
    struct Watched {
        WorkloadId id;
        HostFootprint footprint;
        std::unique_ptr<FootprintReader> reader; ///< null once the workload is gone
        std::uint32_t countersBegan = 0;
        int ticksToNextPids = 0;
        std::optional<std::uint64_t> cpuNanoseconds; ///< in the latest reading
        std::int64_t readAt = 0;
        int ticksToSpare = 0; ///< while nobody looks at it
    };

    void align(std::span<const MetricTarget> targets);
    void takeOver(const HostFootprint& footprint, Watched& watched);
    bool isSpared(const MetricTarget& target, Watched& watched) const;
    void readOne(Watched& watched, Sample& sample);
    void judgeRest(Watched& watched, const Sample& sample) const;
    int ticksSpared() const;
    void readDetails(Watched& watched, Sample& sample);

    ProcTree m_proc;
    DetailReader m_details;
    std::vector<Watched> m_watched; ///< in the order of the latest targets
    std::unique_ptr<ReadBuffer> m_buffer;
    std::uint32_t m_begun = 0;
    Attention m_attention = Attention::Watched;
};

/// All host figures of a workload at this moment, the slow ones included; counters since the start of its processes.
/// Opens, reads and closes; takes milliseconds (PSS), so not for a GUI thread. Any thread. Without any figure when
/// nothing of it lives.
Sample readCostNow(const MetricTarget& target, const ProcTree& proc = {});

} // namespace twinhull
