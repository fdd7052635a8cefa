// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/look_into_bins.h"

#include <memory>

namespace twinhull {

void lookIntoEachBin(const WorkloadRegistry& workloads, QObject& owner, std::optional<WorkloadKind> kind,
    const std::function<void(const BinsSeen&)>& then)
{
    std::vector<WorkloadBin*> bins;
    for (auto* provider : workloads.providers()) {
        auto* bin = dynamic_cast<WorkloadBin*>(provider);
        if (bin != nullptr && provider->kind() == kind.value_or(provider->kind()))
            bins.push_back(bin);
    }
    if (bins.empty())
        return then({});
    const auto seen = std::make_shared<BinsSeen>();
    const auto awaited = std::make_shared<std::size_t>(bins.size());
    for (auto* bin : bins) {
        const auto found = std::make_shared<std::vector<BinnedWorkload>>();
        Job* job = bin->listBin(found).release();
        job->setParent(&owner);
        QObject::connect(job, &Job::finished, &owner, [job, seen, awaited, found, then] {
            if (job->result())
                seen->found.insert(seen->found.end(), found->begin(), found->end());
            else if (!seen->failure)
                seen->failure = job->result().error();
            job->deleteLater();
            if (--*awaited == 0)
                then(*seen);
        });
        job->start();
    }
}

void lookIntoBins(const WorkloadRegistry& workloads, QObject& owner, const std::function<void(const BinsFound&)>& then)
{
    lookIntoEachBin(workloads, owner, {},
        [then](const BinsSeen& seen) { then(seen.failure ? BinsFound(*seen.failure) : BinsFound(seen.found)); });
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
