// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/stats_reader.h"

#include "core/vms/vm_provider.h"

#include <algorithm>

namespace twinhull {

StatsReader::StatsReader(Program& program, std::vector<WorkloadId> ids)
    : QObject(&program), m_program(program), m_ids(std::move(ids))
{
    if (program.vms() != nullptr)
        m_sampler.addSource(program.vms()->figuresSource());
    auto& registry = program.registry();
    connect(&registry, &WorkloadRegistry::added, this, &StatsReader::setTargets);
    connect(&registry, &WorkloadRegistry::changed, this, &StatsReader::setTargets);
    connect(&registry, &WorkloadRegistry::removed, this, &StatsReader::setTargets);
    connect(&m_sampler, &Sampler::frameReady, this, [this](const MetricsFrame& frame) {
        if (!std::exchange(m_isFirst, false))
            Q_EMIT read(frame);
    });
}

void StatsReader::start()
{
    setTargets();
    m_sampler.start();
}

void StatsReader::setTargets()
{
    std::vector<MetricTarget> targets;
    for (const auto& info : m_program.registry().workloads()) {
        const bool isChosen = m_ids.empty() || std::find(m_ids.begin(), m_ids.end(), info.id) != m_ids.end();
        if (isChosen && info.footprint.hasFigures())
            targets.push_back({ info.id, info.footprint });
    }
    m_sampler.setTargets(std::move(targets));
}

} // namespace twinhull
