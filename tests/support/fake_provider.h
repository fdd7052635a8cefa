// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"
#include "core/workload/workload_provider.h"

#include <functional>
#include <utility>

namespace twinhull::test {

/// Does its work in start() and is finished at once.
class InstantJob : public Job {
public:
    InstantJob(const QString& title, std::function<Result<>()> work) : Job(title), m_work(std::move(work)) { }

protected:
    void doStart() override { finish(m_work()); }

private:
    std::function<Result<>()> m_work;
};

/// Runs until it is cancelled or told how it ends.
class HeldJob : public Job {
public:
    using Job::Job;

    using Job::setProgress;
    using Job::setStep;
    void end(Result<> result) { finish(std::move(result)); }

protected:
    void doStart() override { }
    void doCancel() override { finish(Error{ ErrorCode::Cancelled, "cancelled", 0, {} }); }
};

/// A provider whose workloads the test puts there; it writes down what it was asked.
class FakeProvider : public WorkloadProvider {
public:
    explicit FakeProvider(WorkloadKind kind, QObject* parent = nullptr) : WorkloadProvider(parent), m_kind(kind) { }

    void put(const WorkloadInfo& info)
    {
        for (WorkloadInfo& own : m_workloads) {
            if (own.id == info.id) {
                own = info;
                Q_EMIT changed(info);
                return;
            }
        }
        m_workloads.push_back(info);
        Q_EMIT added(info);
    }
    void drop(const WorkloadId& id)
    {
        std::erase_if(m_workloads, [&id](const WorkloadInfo& info) { return info.id == id; });
        Q_EMIT removed(id);
    }

    QStringList log; ///< "start web", in the order asked
    WorkloadPlan lastPlan;
    std::vector<HostNotice> hostNotices;
    Result<> usable;
    Result<> outcome; ///< of all jobs

    WorkloadKind kind() const override { return m_kind; }
    std::vector<WorkloadInfo> workloads() const override { return m_workloads; }
    Result<> availability() const override { return usable; }
    std::vector<HostNotice> notices() const override { return hostNotices; }

    std::unique_ptr<Job> create(const WorkloadPlan& plan) override
    {
        return job(QStringLiteral("create ") + plan.name, [this, plan] {
            lastPlan = plan;
            WorkloadInfo info;
            info.id = { m_kind, QStringLiteral("key-") + plan.name };
            info.name = plan.name;
            info.state = WorkloadState::Stopped;
            info.twinGroup = plan.twinGroup;
            info.capabilities = Capability::Start | Capability::Remove;
            put(info);
        });
    }
    std::unique_ptr<Job> start(const WorkloadId& id) override { return turn("start ", id, WorkloadState::Running); }
    std::unique_ptr<Job> stop(const WorkloadId& id, StopMode mode) override
    {
        return turn(mode == StopMode::Force ? "force off " : "stop ", id, WorkloadState::Stopped);
    }
    std::unique_ptr<Job> pause(const WorkloadId& id) override { return turn("pause ", id, WorkloadState::Paused); }
    std::unique_ptr<Job> resume(const WorkloadId& id) override { return turn("resume ", id, WorkloadState::Running); }
    std::unique_ptr<Job> remove(const WorkloadId& id) override
    {
        return job(QStringLiteral("remove ") + nameOf(id), [this, id] { drop(id); });
    }
    Result<DiskUse> diskUse(const WorkloadId&) const override { return DiskUse{}; }

private:
    QString nameOf(const WorkloadId& id) const
    {
        for (const WorkloadInfo& own : m_workloads) {
            if (own.id == id)
                return own.name;
        }
        return id.key;
    }

    std::unique_ptr<Job> job(const QString& what, std::function<void()> work)
    {
        return std::make_unique<InstantJob>(what, [this, what, work = std::move(work)]() -> Result<> {
            log << what;
            if (outcome)
                work();
            return outcome;
        });
    }

    std::unique_ptr<Job> turn(const char* verb, const WorkloadId& id, WorkloadState state)
    {
        return job(QString::fromLatin1(verb) + nameOf(id), [this, id, state] {
            for (WorkloadInfo own : m_workloads) {
                if (own.id == id) {
                    own.state = state;
                    put(own);
                    return;
                }
            }
        });
    }

    WorkloadKind m_kind;
    std::vector<WorkloadInfo> m_workloads;
};

inline WorkloadInfo makeWorkload(WorkloadKind kind, const QString& name, WorkloadState state = WorkloadState::Running)
{
    WorkloadInfo info;
    info.id = { kind, QStringLiteral("key-") + name };
    info.name = name;
    info.state = state;
    info.image = QStringLiteral("nginx:1.25");
    if (state == WorkloadState::Running)
        info.footprint.rootPids = { 1 };
    info.capabilities = state == WorkloadState::Running
        ? Capability::Stop | Capability::ForceOff | Capability::Pause | Capability::Remove
        : Capability::Start | Capability::Remove;
    return info;
}

/// A frame with CPU and memory of one workload; all its memory is its own, so resident and PSS are the same.
inline MetricsFrame makeFrame(std::int64_t nanoseconds, const WorkloadId& id, double cores, double memoryBytes)
{
    MetricsFrame frame;
    frame.monotonicNanoseconds = nanoseconds;
    MetricPoint point;
    point.id = id;
    point[Metric::CpuCores] = cores;
    point[Metric::ResidentBytes] = point[Metric::PssBytes] = memoryBytes;
    frame.points.push_back(point);
    return frame;
}

} // namespace twinhull::test
