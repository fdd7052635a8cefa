// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_leftovers.h"

#include "core/base/files.h"
#include "core/jobs/parallel_job.h"

#include <QCoreApplication>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace twinhull {

namespace {

const QString kPrefix = QStringLiteral("comparison-");
constexpr std::size_t kLongestName = 64;

/// 0 for a group that is none of ours.
pid_t runnerOf(const QString& twinGroup)
{
    return twinGroup.startsWith(kPrefix) ? twinGroup.mid(kPrefix.size()).section(u'-', 0, 0).toInt() : 0;
}

/// Nothing when that process has ended, or its number is another program's by now.
UniqueFd openRunner(pid_t pid)
{
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd ended{ pidfd.fd(), POLLIN, 0 };
    if (!pidfd || ::poll(&ended, 1, 0) != 0)
        return {};
    const auto name = readFile("/proc/" + std::to_string(pid) + "/comm", kLongestName);
    return name && name->starts_with("twinhull") ? std::move(pidfd) : UniqueFd();
}

bool isSame(const WorkloadInfo& a, const WorkloadInfo& b)
{
    return a.id == b.id;
}

} // namespace

QString comparisonGroup()
{
    static int made = 0;
    const QString group = kPrefix + QString::number(::getpid());
    return ++made == 1 ? group : group + QLatin1Char('-') + QString::number(made);
}

bool isComparisonGroup(const QString& twinGroup)
{
    return runnerOf(twinGroup) > 0;
}

std::vector<WorkloadInfo> comparisonLeftovers(const WorkloadRegistry& registry)
{
    std::vector<WorkloadInfo> leftovers;
    for (auto& info : registry.workloads()) {
        const pid_t runner = runnerOf(info.twinGroup);
        if (runner > 0 && !openRunner(runner))
            leftovers.push_back(std::move(info));
    }
    return leftovers;
}

std::unique_ptr<Job> removeComparisonLeftovers(WorkloadRegistry& registry)
{
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& info : comparisonLeftovers(registry))
        jobs.push_back(registry.provider(info.id.kind)->remove(info.id));
    return std::make_unique<ParallelJob>(
        QCoreApplication::translate("ComparisonLeftovers", "Remove what killed comparisons left"), std::move(jobs));
}

ComparisonLeftoversWatch::ComparisonLeftoversWatch(WorkloadRegistry& registry, QObject* parent)
    : QObject(parent), m_registry(registry)
{
    connect(&registry, &WorkloadRegistry::added, this, &ComparisonLeftoversWatch::look);
    connect(&registry, &WorkloadRegistry::removed, this, &ComparisonLeftoversWatch::look);
    look();
}

void ComparisonLeftoversWatch::look()
{
    watchRunners();
    auto leftovers = comparisonLeftovers(m_registry);
    if (std::equal(leftovers.begin(), leftovers.end(), m_leftovers.begin(), m_leftovers.end(), isSame))
        return;
    m_leftovers = std::move(leftovers);
    Q_EMIT changed();
}

void ComparisonLeftoversWatch::watchRunners()
{
    std::map<pid_t, Runner> runners;
    for (const auto& info : m_registry.workloads()) {
        const pid_t pid = runnerOf(info.twinGroup);
        if (pid <= 0 || pid == ::getpid() || runners.contains(pid))
            continue;
        if (auto known = m_runners.extract(pid)) {
            runners.insert(std::move(known));
        } else if (auto pidfd = openRunner(pid)) {
            Runner& runner = runners[pid];
            runner.pidfd = std::move(pidfd);
            runner.ended = std::make_unique<QSocketNotifier>(runner.pidfd.fd(), QSocketNotifier::Read);
            connect(runner.ended.get(), &QSocketNotifier::activated, this, [this, ended = runner.ended.get()] {
                ended->setEnabled(false); // it stays readable
                look();
            });
        }
    }
    m_runners.swap(runners);
}

} // namespace twinhull
