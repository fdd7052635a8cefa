// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/look_into_bins.h"

namespace twinhull {

namespace {

struct BinLook {
    std::vector<BinnedWorkload> found;
    std::size_t awaited = 0;
};

} // namespace

void lookIntoBins(const WorkloadRegistry& workloads, QObject& owner,
    const std::function<void(const std::vector<BinnedWorkload>&)>& then)
{
    std::vector<WorkloadBin*> bins;
    for (auto* provider : workloads.providers()) {
        if (auto* bin = dynamic_cast<WorkloadBin*>(provider))
            bins.push_back(bin);
    }
    if (bins.empty())
        return then({});
    const auto look = std::make_shared<BinLook>();
    look->awaited = bins.size();
    for (auto* bin : bins) {
        const auto found = std::make_shared<std::vector<BinnedWorkload>>();
        Job* job = bin->listBin(found).release();
        job->setParent(&owner);
        QObject::connect(job, &Job::finished, &owner, [job, look, found, then] {
            look->found.insert(look->found.end(), found->begin(), found->end());
            job->deleteLater();
            if (--look->awaited == 0)
                then(look->found);
        });
        job->start();
    }
}

} // namespace twinhull
