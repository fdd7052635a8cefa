// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_store.h"
#include "core/jobs/job.h"
#include "core/twin/capacity.h"
#include "core/twin/twin_plan.h"
#include "core/workload/workload_registry.h"

#include <memory>

namespace twinhull {

constexpr int kFewestStarts = 3; ///< two further ones: an interval needs more than one
constexpr double kPressureLimit = 10; ///< percent of the last ten seconds in which some task waited for memory

/// What is started to see what it costs, with the person's consent.
struct CapacityPlan {
    TwinPlan twin; ///< its name is not used
    WorkloadKind kind = WorkloadKind::Container;
    int starts = kFewestStarts; ///< how many; kept within kFewestStarts and kMostStarts
    std::optional<std::uint64_t> reserveBytes; ///< to stay available; without it a twentieth of this computer's memory
    double pressureLimit = kPressureLimit;
    bool isChecked = false; ///< and then as many as were foretold are started
    int checkLimit = kMostStarts; ///< but no more than that, those that were measured included; kept within kMostStarts
};

/// Makes and starts them one after the other, lets each come to rest, reads what all of them cost together and how this
/// computer stands, also while the next starts, and removes them all: also after a failure, when cancelled, and once
/// the memory pressure passes the limit. A check ends where one fails to start or ends; what was measured is kept. What
/// a killed one leaves belongs to comparisonLeftovers().
class CapacityRun : public Job {
    Q_OBJECT

public:
    CapacityRun(WorkloadRegistry& registry, ImageStore& images, CapacityPlan plan);
    ~CapacityRun() override;

    const Capacity& capacity() const; ///< complete once the job succeeded

protected:
    void doStart() override;
    void doCancel() override;

private:
    void addStarts(const ImageInfo& image);
    void addCheck(const ImageInfo& image);
    template <typename IsWanted>
    void addStart(const ImageInfo& image, const IsWanted& isWanted);
    bool isAnotherForetold() const;
    void watchPressure();
    std::unique_ptr<Job> readAll();
    void hearWhyItEnded(const WorkloadId& id);

    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
