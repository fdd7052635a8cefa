// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/leftovers_banner.h"

#include "core/jobs/job_queue.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/workload_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace twinhull {

LeftoversBanner::LeftoversBanner(AppContext& context, QWidget* parent)
    : QFrame(parent)
    , m_context(context)
    , m_watch(context.workloads)
    , m_text(new QLabel(this))
    , m_remove(new QPushButton(tr("Remove them"), this))
{
    setObjectName(QStringLiteral("leftoversBanner"));
    setAccessibleName(tr("Left over from killed comparisons"));
    m_text->setObjectName(QStringLiteral("leftoversText"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setProperty("warning", true);
    m_remove->setObjectName(QStringLiteral("removeLeftovers"));
    m_remove->setAccessibleName(tr("Remove what killed comparisons left"));
    m_remove->setToolTip(tr("Stops them by force and deletes them"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->setSpacing(12);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_remove);
    connect(m_remove, &QPushButton::clicked, this, &LeftoversBanner::removeAll);
    connect(&m_watch, &ComparisonLeftoversWatch::changed, this, &LeftoversBanner::present);
    present();
}

void LeftoversBanner::present()
{
    const auto& leftovers = m_watch.leftovers();
    setVisible(!leftovers.empty());
    QStringList names;
    for (const WorkloadInfo& info : leftovers)
        names << tr("%1 (%2)").arg(info.name, kindText(info.id.kind));
    m_text->setText(tr(
        "%n workload(s) left over from a comparison that was killed: %1", nullptr, static_cast<int>(leftovers.size()))
                        .arg(names.join(QStringLiteral(", "))));
    m_remove->setEnabled(!m_job || m_job->isFinished());
}

void LeftoversBanner::removeAll()
{
    m_job = submitWithRetry(
        m_context.jobs, [&registry = m_context.workloads] { return removeComparisonLeftovers(registry); });
    connect(m_job, &Job::finished, this, &LeftoversBanner::present);
    present();
}

} // namespace twinhull
