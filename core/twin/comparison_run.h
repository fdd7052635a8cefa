// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/comparison_plan.h"
#include "core/twin/twins.h"

namespace twinhull {

struct ComparedWork;
struct HalfRunOutcome;

/// Runs a twin's halves (or one of its kinds as both) by turns, A B A B, after what both share was made once (layers,
/// root disk): start, wait for ready, do the work, read the figures, stop, remove; leaves nothing behind. The rounds of
/// the warm-up come first and are left out. The halves' group is comparisonGroup(), and so is their name where the plan
/// has none.
class ComparisonRun : public Job {
    Q_OBJECT

public:
    ComparisonRun(WorkloadRegistry& registry, ImageStore& images, ComparisonPlan plan);
    ~ComparisonRun() override;

    /// What was measured; complete once the job succeeded, the runs so far after a failure.
    const Comparison& comparison() const;

protected:
    void doStart() override;
    void doCancel() override;

private:
    void describe(const ImageInfo& image, const ComparedWork& work);
    using Half = HullFigures Comparison::*;

    WorkloadKind kindOf(Half half) const;
    void addHalf(Half half, int round, const ImageInfo& image, const ComparedWork& work);
    void describeCaches(const QString& ofTheWork);
    QString whyCopied() const;
    std::unique_ptr<Job> makeCold(Half half, const QString& digest);
    void onHalfFinished(Half half, int round, const HalfRunOutcome& outcome);
    int halvesInAll() const;

    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
