// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/metric_rings.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "core/workload/workload_registry.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temporary_world.h"
#include "ui/page/app_context.h"

namespace twinhull::test {

/// All that a page or a view stands on, with providers whose workloads the test puts there.
struct ContextWorld {
    TemporaryWorld temporary;
    MetricRings rings;
    WorkloadRegistry registry;
    JobQueue jobs;
    ImageStore images{ temporary.folders() };
    Twins twins{ registry, images };
    Settings settings{ temporary.folders() };
    FakeProvider containers{ WorkloadKind::Container };
    FakeProvider vms{ WorkloadKind::Vm };
    AppContext context{ registry, jobs, images, rings, twins, settings, temporary.folders() };

    ContextWorld()
    {
        registry.add(&containers);
        registry.add(&vms);
    }
};

} // namespace twinhull::test
