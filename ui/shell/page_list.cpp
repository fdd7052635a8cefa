// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_list.h"

#include "core/jobs/job_queue.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/activity_page.h"
#include "ui/workloads/workloads_page.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

template <typename Page>
QWidget* makePage(AppContext& context, QWidget* parent)
{
    return new Page(context, parent);
}

int workloadCount(const AppContext& context)
{
    return static_cast<int>(context.workloads.workloads().size());
}

int runningJobs(const AppContext& context)
{
    return context.jobs.runningCount();
}

} // namespace

std::vector<PageEntry> pageList()
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("PageList", text); };
    return {
        { QStringLiteral("workloads"), tr("Workloads"), &makePage<WorkloadsPage>, &workloadCount },
        { QStringLiteral("activity"), tr("Activity"), &makePage<ActivityPage>, &runningJobs },
    };
}

} // namespace twinhull
