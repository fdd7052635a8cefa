// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/first_twin.h"

#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "core/jobs/sequential_job.h"
#include "core/twin/twins.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString starterReference()
{
    return QString::fromLatin1(kStarterReference.data(), static_cast<qsizetype>(kStarterReference.size()));
}

std::unique_ptr<Job> buildStarter(AppContext& context)
{
    if (context.images.find(starterReference()))
        return nullptr;
    return buildStarterImage(context.folders, starterBusybox());
}

std::unique_ptr<Job> startTwin(AppContext& context)
{
    context.images.refresh();
    TwinPlan plan;
    plan.imageReference = starterReference();
    plan.name = QStringLiteral("starter");
    return context.twins.createAndStart(plan);
}

} // namespace

std::unique_ptr<Job> makeFirstTwin(AppContext& context)
{
    auto job = std::make_unique<SequentialJob>(
        QCoreApplication::translate("FirstTwin", "Start the first twin of the starter image"));
    job->add([&context] { return buildStarter(context); });
    job->add([&context] { return startTwin(context); });
    return job;
}

} // namespace twinhull
