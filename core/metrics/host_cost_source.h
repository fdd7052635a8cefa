// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/detail_reader.h"
#include "core/metrics/metric_source.h"
#include "core/metrics/process_reader.h"
#include "core/metrics/shared_cgroup.h"

#include <memory>
#include <vector>

namespace twinhull {

class FootprintReader;

/// The host's side of every workload, one ruler for both kinds: the cgroup where there is one, and the process tree for
/// what no cgroup counts. Keeps descriptors open between ticks; drops them when a target goes away. What rests while
/// nobody looks at it is read now and then, and glanced at in between, so that a burst has a second of its own.
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
        bool wasSpared = false; ///< in the tick before
        std::shared_ptr<SharedCgroup> shared; ///< in which its cgroup lies, where it has one
        std::optional<std::uint64_t> cgroupNanoseconds; ///< of its cgroup in the latest reading
        std::optional<std::uint64_t> glanced; ///< at it, in the latest reading or since; none: it cannot be glanced at
        std::optional<std::uint64_t> glancedInReading;
        std::uint64_t unlookedNanoseconds = 0; ///< CPU of all in `shared` that nobody is accounted for, since `glanced`
        std::uint64_t restNanoseconds = 0; ///< CPU since the latest reading until the tick before
    };

    void align(std::span<const MetricTarget> targets);
    void takeOver(const HostFootprint& footprint, Watched& watched);
    bool isSpared(const MetricTarget& target, Watched& watched) const;
    std::uint64_t burstNanoseconds(const Watched& watched) const;
    bool isStirred(Watched& watched);
    void readAtWork(Watched& watched, Sample& sample);
    void readAfterRest(Watched& watched, bool isStirred, Sample& sample);
    std::uint64_t unseenInRest(std::uint64_t unseen, std::int64_t passed, bool areHelpers) const;
    void readOne(Watched& watched, Sample& sample);
    void judgeRest(Watched& watched, const Sample& sample) const;
    int ticksSpared() const;
    void readDetails(Watched& watched, Sample& sample);

    ProcTree m_proc;
    DetailReader m_details;
    std::vector<Watched> m_watched; ///< in the order of the latest targets
    std::unique_ptr<ReadBuffer> m_buffer;
    SharedCgroups m_shared;
    std::int64_t m_tick = 0; ///< when the samples of this tick are taken
    std::int64_t m_tickBefore = 0;
    std::uint32_t m_begun = 0;
    Attention m_attention = Attention::Watched;
};

/// All host figures of a workload at this moment, the slow ones included; counters since the start of its processes.
/// Opens, reads and closes; takes milliseconds (PSS), so not for a GUI thread. Any thread. Without any figure when
/// nothing of it lives.
Sample readCostNow(const MetricTarget& target, const ProcTree& proc = {});

} // namespace twinhull
