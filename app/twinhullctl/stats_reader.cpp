// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/stats_reader.h"

#include "core/containers/disk_parts.h"
#include "core/vms/vm_provider.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kMostFramesForDisks = 8; // a second each

}

StatsReader::StatsReader(Program& program, std::vector<WorkloadId> ids, Disks disks)
    : QObject(&program), m_program(program), m_ids(std::move(ids)), m_disks(disks)
{
    if (disks == Disks::Read)
        m_sampler.addSource(makeContainerDiskSource(program.folders()));
    if (program.vms() != nullptr)
        m_sampler.addSource(program.vms()->figuresSource());
    auto& registry = program.registry();
    connect(&registry, &WorkloadRegistry::added, this, &StatsReader::setTargets);
    connect(&registry, &WorkloadRegistry::changed, this, &StatsReader::setTargets);
    connect(&registry, &WorkloadRegistry::removed, this, &StatsReader::setTargets);
    connect(&m_sampler, &Sampler::frameReady, this, [this](const MetricsFrame& frame) {
        ++m_frames;
        m_isTelling = m_isTelling || (m_frames > 1 && !isAwaited(frame));
        if (m_isTelling)
            Q_EMIT read(frame);
    });
}

bool StatsReader::isAwaited(const MetricsFrame& frame) const
{
    const auto isUnread
        = [](const MetricPoint& point) { return point[Metric::DiskWritableBytes].needs() == Needs::FirstReading; };
    return m_disks == Disks::Read && m_frames < kMostFramesForDisks
        && std::any_of(frame.points.begin(), frame.points.end(), isUnread);
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
