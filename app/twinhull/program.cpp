// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/program.h"

#include "core/metrics/metric_source.h"

namespace twinhull {

Program::Program()
    : m_folders(DataFolders::fromEnvironment())
    , m_settings(m_folders)
    , m_images(m_folders)
    , m_twins(m_registry, m_images)
    , m_context{ m_registry, m_jobs, m_images, m_rings, m_twins, m_settings, m_folders }
{
    followTargets();
}

Program::~Program() = default;

void Program::startBackEnds()
{
    if (m_containers)
        return;
    m_images.refresh();
    m_containers = std::make_unique<ContainerProvider>(m_folders, m_images);
    m_registry.add(m_containers.get());
    VmOptions options;
    options.uri = m_settings.value(setting::kLibvirtUri);
    options.acceleration = accelerationFromText(m_settings.value(setting::kVmAcceleration));
    m_vms = std::make_unique<VmProvider>(m_folders, m_images, options);
    m_registry.add(m_vms.get());
    m_sampler = std::make_unique<Sampler>();
    m_sampler->addSource(m_vms->figuresSource());
    connect(m_sampler.get(), &Sampler::frameReady, &m_rings, &MetricRings::append);
    subscribe();
    m_sampler->start();
}

void Program::followTargets()
{
    // Many changes in one turn of the event loop make one new list of targets.
    const auto subscribeSoon = [this] {
        if (std::exchange(m_isSubscriptionDue, true))
            return;
        QMetaObject::invokeMethod(this, &Program::subscribe, Qt::QueuedConnection);
    };
    connect(&m_registry, &WorkloadRegistry::added, this, subscribeSoon);
    connect(&m_registry, &WorkloadRegistry::changed, this, subscribeSoon);
    connect(&m_registry, &WorkloadRegistry::removed, this, [this, subscribeSoon](const WorkloadId& id) {
        subscribeSoon();
        forget(id);
    });
}

void Program::subscribe()
{
    m_isSubscriptionDue = false;
    if (!m_sampler)
        return;
    std::vector<MetricTarget> targets;
    for (const WorkloadInfo& info : m_registry.workloads()) {
        if (info.footprint.hasFigures())
            targets.push_back({ info.id, info.footprint });
    }
    m_sampler->setTargets(std::move(targets));
}

void Program::forget(const WorkloadId& id)
{
    // After the views have let go of its rings.
    QMetaObject::invokeMethod(
        this, [this, id] { m_rings.forget(id); }, Qt::QueuedConnection);
}

} // namespace twinhull
