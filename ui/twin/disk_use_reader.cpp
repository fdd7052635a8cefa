// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/disk_use_reader.h"

#include "core/workload/workload_connection.h"
#include "core/jobs/thread_job.h"

namespace twinhull {

DiskUseReader::DiskUseReader(const WorkloadRegistry& workloads, QObject* parent)
    : QObject(parent), m_workloads(workloads)
{
    m_pool.setMaxThreadCount(1);
    connect(&workloads, &WorkloadRegistry::removed, this, [this](const WorkloadId& id) { m_known.erase(id); });
}

DiskUseReader::~DiskUseReader()
{
    m_running.clear();
    m_pool.waitForDone();
}

void DiskUseReader::request(const WorkloadId& id)
{
    const WorkloadProvider* provider = providerOf(m_workloads, id);
    if (provider == nullptr || m_running.contains(id))
        return;
    auto answer = std::make_shared<Result<WorkloadProvider::DiskUse>>(WorkloadProvider::DiskUse{});
    auto job = std::make_unique<ThreadJob>(tr("Read disk use"), &m_pool, [provider, id, answer](JobContext&) {
        *answer = provider->diskUse(id);
        return Result<>();
    });
    connect(job.get(), &Job::finished, this, [this, id, answer] { finish(id, *answer); });
    Job* raw = job.get();
    m_running.emplace(id, std::move(job));
    raw->start();
}

Figure DiskUseReader::bytes(const WorkloadId& id) const
{
    const auto known = m_known.find(id);
    return known == m_known.end() ? Figure::absent(tr("Being read.")) : known->second;
}

void DiskUseReader::finish(const WorkloadId& id, const Result<WorkloadProvider::DiskUse>& use)
{
    m_known[id] = use ? Figure::of(static_cast<double>(use->ownBytes + use->sharedImageBytes))
                      : Figure::absent(QString::fromStdString(use.error().message));
    const auto running = m_running.find(id);
    running->second.release()->deleteLater(); // it is still telling that it finished
    m_running.erase(running);
    Q_EMIT changed();
}

} // namespace twinhull
