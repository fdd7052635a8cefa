// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/look_into_bins.h"

#include <memory>
#include <optional>

namespace twinhull {

namespace {

struct BinLook {
    std::vector<BinnedWorkload> found;
    std::optional<Error> failure;
    std::size_t awaited = 0;
};

} // namespace

void lookIntoBins(const WorkloadRegistry& workloads, QObject& owner, const std::function<void(const BinsFound&)>& then)
{
    std::vector<WorkloadBin*> bins;
    for (auto* provider : workloads.providers()) {
        if (auto* bin = dynamic_cast<WorkloadBin*>(provider))
            bins.push_back(bin);
    }
    if (bins.empty())
        return then(std::vector<BinnedWorkload>());
    const auto look = std::make_shared<BinLook>();
    look->awaited = bins.size();
    for (auto* bin : bins) {
        const auto found = std::make_shared<std::vector<BinnedWorkload>>();
        Job* job = bin->listBin(found).release();
        job->setParent(&owner);
        QObject::connect(job, &Job::finished, &owner, [job, look, found, then] {
            if (job->result())
                look->found.insert(look->found.end(), found->begin(), found->end());
            else
                look->failure = job->result().error();
            job->deleteLater();
            if (--look->awaited == 0)
                then(look->failure ? BinsFound(*look->failure) : BinsFound(look->found));
        });
        job->start();
    }
}

Result<QStringList> imagesNeededBy(const BinsFound& binned)
{
    if (!binned)
        return binned.error();
    QStringList images;
    for (const BinnedWorkload& each : *binned) {
        if (!each.isReadable)
            return Error{ ErrorCode::Io, "which image " + each.name.toStdString() + " in the bin needs cannot be read",
                0,
                "See why its folder cannot be read, or remove it for good with: twinhullctl bin remove "
                    + each.id.key.toStdString() };
        if (!each.imageDigest.isEmpty())
            images << each.imageDigest;
    }
    return images;
}

} // namespace twinhull
