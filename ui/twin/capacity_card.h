// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"
#include "core/twin/capacity_run.h"
#include "ui/twin/figure_table_card.h"

#include <QFrame>

class QPushButton;

namespace twinhull {

/// How many more of an image fit, once it was measured, and the button that asks whether it may be. GUI thread.
class CapacityCard : public FigureTableCard {
    Q_OBJECT

public:
    CapacityCard(WorkloadRegistry& workloads, ImageStore& images, JobQueue& jobs, QWidget* parent = nullptr);

    /// The image that the dialog proposes.
    void setImage(const QString& digest) { m_digest = digest; }
    /// Runs the first and, when it has ended well, the rest.
    void measure(std::vector<CapacityPlan> plans);
    /// One more kind that was measured: its figures, and in words what is claimed, assumed, and was seen.
    void showMeasured(const Capacity& capacity);

private:
    void openDialog();
    void showWords();

    WorkloadRegistry& m_workloads;
    ImageStore& m_images;
    JobQueue& m_jobs;
    QString m_digest;
    bool m_isOutdated = false; ///< what is shown goes when the next is measured
    std::vector<Capacity> m_measured; ///< the latest of each kind, of one image
    QWidget* m_words;
    QPushButton* m_measure;
};

/// One column a kind: the first, each further one, and how many fit.
FigureTable capacityFigures(std::span<const Capacity> measured);

} // namespace twinhull
