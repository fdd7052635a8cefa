// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_list.h"

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/activity_page.h"
#include "ui/twin/compare_page.h"
#include "ui/images/images_page.h"
#include "ui/networks/networks_page.h"
#include "ui/storage/storage_page.h"
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

int imageCount(const AppContext& context)
{
    return static_cast<int>(context.images.images().size());
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
        { QStringLiteral("compare"), tr("Compare"), &makePage<ComparePage>, {} },
        { QStringLiteral("images"), tr("Images"), &makePage<ImagesPage>, &imageCount },
        { QStringLiteral("networks"), tr("Networks"), &makePage<NetworksPage>, {} },
        { QStringLiteral("storage"), tr("Storage"), &makePage<StoragePage>, {} },
        { QStringLiteral("activity"), tr("Activity"), &makePage<ActivityPage>, &runningJobs },
    };
}

} // namespace twinhull
