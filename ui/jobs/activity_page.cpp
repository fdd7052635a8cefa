// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/activity_page.h"

#include "ui/jobs/jobs_list.h"

#include <QVBoxLayout>

namespace twinhull {

ActivityPage::ActivityPage(AppContext& context, QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("activityPage"));
    setAccessibleName(tr("Activity"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(new JobsList(context.jobs, this));
}

} // namespace twinhull
