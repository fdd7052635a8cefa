// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/isolation_watch.h"

#include <algorithm>

namespace twinhull {

namespace {

/// What may be answered another time: a slow start, a guest that is busy. A workload that nothing can be run in stays
/// so.
bool isWorthAnotherTry(const IsolationViews& views)
{
    return !views.inside && views.inside.error().code != ErrorCode::Unsupported
        && views.inside.error().code != ErrorCode::NotFound;
}

} // namespace

IsolationWatch::IsolationWatch(const WorkloadRegistry& workloads, QObject* parent, std::chrono::milliseconds firstWait)
    : QObject(parent), m_workloads(workloads), m_firstWait(firstWait)
{
    connect(&workloads, &WorkloadRegistry::removed, this, [this](const WorkloadId& id) {
        m_known.erase(id);
        m_readings.erase(id);
    });
}

void IsolationWatch::request(const WorkloadInfo& info)
{
    auto& reading = m_readings[info.id];
    if (reading.job)
        return;
    const bool isOfThisStart = m_known.contains(info.id) && reading.pids == info.footprint.rootPids;
    if (!isOfThisStart) {
        m_known.erase(info.id);
        reading.wait = {};
        start(info, reading);
    } else if (reading.wait.count() > 0 && reading.sinceEnd.hasExpired(reading.wait.count())) {
        start(info, reading); // what is known stays until there is something better
    }
}

void IsolationWatch::start(const WorkloadInfo& info, Reading& reading)
{
    reading.pids = info.footprint.rootPids;
    reading.job = std::make_unique<IsolationReading>(m_workloads, info);
    IsolationReading* job = reading.job.get();
    connect(job, &Job::finished, this, [this, id = info.id] { finish(id); });
    job->start();
}

void IsolationWatch::finish(const WorkloadId& id)
{
    auto& reading = m_readings.at(id);
    IsolationViews views = reading.job->views();
    if (reading.job->state() != Job::State::Succeeded)
        views.inside = views.outside = reading.job->result().error();
    const bool mayBeAnsweredLater = isWorthAnotherTry(views);
    reading.wait = !mayBeAnsweredLater ? std::chrono::milliseconds()
        : reading.wait.count() == 0    ? m_firstWait
                                       : std::min(2 * reading.wait, kLongestWait);
    reading.sinceEnd.start();
    m_known[id] = std::move(views);
    reading.job.release()->deleteLater(); // it is still telling that it finished
    Q_EMIT changed();
}

} // namespace twinhull
