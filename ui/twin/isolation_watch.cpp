// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/isolation_watch.h"

namespace twinhull {

IsolationWatch::IsolationWatch(const WorkloadRegistry& workloads, QObject* parent)
    : QObject(parent), m_workloads(workloads)
{
    connect(&workloads, &WorkloadRegistry::removed, this, [this](const WorkloadId& id) {
        m_known.erase(id);
        m_readings.erase(id);
    });
}

void IsolationWatch::request(const WorkloadInfo& info)
{
    const auto latest = m_readings.find(info.id);
    if (latest != m_readings.end() && (latest->second.job || latest->second.pids == info.footprint.rootPids))
        return;
    m_known.erase(info.id);
    auto& reading = m_readings[info.id];
    reading.pids = info.footprint.rootPids;
    reading.job = std::make_unique<IsolationReading>(m_workloads, info);
    IsolationReading* job = reading.job.get();
    connect(job, &Job::finished, this, [this, id = info.id] { finish(id); });
    job->start();
}

void IsolationWatch::finish(const WorkloadId& id)
{
    auto& reading = m_readings.at(id);
    if (reading.job->state() == Job::State::Succeeded)
        m_known[id] = reading.job->views();
    reading.job.release()->deleteLater(); // it is still telling that it finished
    Q_EMIT changed();
}

} // namespace twinhull
