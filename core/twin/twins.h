// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_store.h"
#include "core/twin/comparison.h"
#include "core/twin/twin_plan.h"
#include "core/workload/workload_registry.h"

#include <memory>

namespace twinhull {

/// Makes, starts, stops and removes both halves together. Knows both kinds only through the registry. GUI thread.
class Twins : public QObject {
    Q_OBJECT

public:
    /// References must outlive this and its jobs.
    Twins(WorkloadRegistry& registry, ImageStore& images, QObject* parent = nullptr);

    /// Makes both halves (with the same name, twinGroup and ports of their own) and starts both. A half that fails
    /// takes the other with it.
    std::unique_ptr<Job> createAndStart(const TwinPlan& plan);
    std::unique_ptr<Job> startBoth(const QString& twinGroup);
    std::unique_ptr<Job> stopBoth(const QString& twinGroup, StopMode mode);
    std::unique_ptr<Job> removeBoth(const QString& twinGroup);

    /// The image, when a twin can be made of it now: it is in the store, both kinds are available, the name is free.
    /// Of both halves, or of one kind alone.
    Result<ImageInfo> check(const TwinPlan& plan, std::optional<WorkloadKind> only = {}) const;

private:
    std::unique_ptr<Job> removeHalf(WorkloadKind kind, const QString& name) const;

    WorkloadRegistry& m_registry;
    ImageStore& m_images;
};

} // namespace twinhull
