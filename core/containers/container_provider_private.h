// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/bundle_writer.h"
#include "core/containers/container.h"
#include "core/containers/container_host.h"
#include "core/containers/container_provider.h"
#include "core/containers/monitor_launch.h"

#include <QFileSystemWatcher>
#include <QThreadPool>

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace twinhull {

/// How a run begins.
struct Launch {
    MonitorTask task = MonitorTask::Start;
    bool keepsCheckpoint = false;
};

/// What the sources of ContainerProvider share. Internal to core/containers.
struct ContainerProvider::Private {
    Private(ContainerProvider* provider, DataFolders given, ImageStore& store, std::vector<std::string> wanted)
        : q(provider)
        , folders(std::move(given))
        , images(store)
        , names(std::move(wanted))
        , programs(ContainerPrograms::find())
        , availability(containerAvailability(programs))
    {
    }
    ~Private() { pool.waitForDone(); }

    void watchFolder(const std::string& root);
    void rescan();
    void add(const std::string& id, Result<std::optional<ContainerSettings>> settings);
    void adopt(Container* container);
    void onAdopted(const std::string& id, const Result<MonitorStatus>& reply);
    void followSuccessor(const std::string& id);
    void watchLimits(const QString& key, const QString& cgroup);
    void onLimitsWritten(const QString& path);
    Container* find(const WorkloadId& id) const;
    std::unique_ptr<Job> failingJob(const QString& title, const Error& error);
    std::unique_ptr<Job> changing(
        const QString& title, const WorkloadId& id, std::function<Result<>(const ContainerFolder&)> function);
    std::unique_ptr<Job> work(const QString& title, std::function<Result<>()> function);
    std::unique_ptr<Job> unpackIfNeeded(const ContainerSettings& settings, const LayerWish& wish);
    std::unique_ptr<Job> copyRootIfNeeded(const Container& container);
    InsideRun afterRootCopy(const Container& container, InsideRun run) const;
    Result<BundleSource> bundleSource(const ContainerSettings& settings) const;
    std::unique_ptr<Job> writeContainer(const QString& title, const ContainerSettings& settings);
    std::unique_ptr<Job> making(const QString& title, ContainerSettings settings);
    std::unique_ptr<Job> removing(const QString& title, const WorkloadId& id, std::function<Result<>()> function);
    std::unique_ptr<Job> starting(const QString& title, Container* container, const Launch& launch);
    std::unique_ptr<Job> launchMonitorOf(Container* container, const StartMoments& moments, const Launch& launch);

    ContainerProvider* q;
    DataFolders folders;
    ImageStore& images;
    std::vector<std::string> names; ///< of the containers that are known; none: of all
    ContainerPrograms programs;
    Result<> availability;
    QThreadPool pool; ///< its own: a start must not wait behind hashing
    std::unique_ptr<QFileSystemWatcher> watcher; ///< none: what others do is not followed
    std::map<std::string, std::unique_ptr<Container>> containers;
    std::set<std::string> strangers; ///< ids of those that answer to none of the names
    std::set<std::string> adopting; ///< and those for which that failed
    std::set<std::string> awaitedAdoptions; ///< whose new monitor owes its report, or whom another program has adopted
    std::map<std::string, int> successorLooks; ///< for the monitor that another program has started
    std::map<QString, QStringList> limitFiles; ///< by key: those of the cgroup that it has now
    std::map<QString, unsigned> limitWrites; ///< by key: seen so far
};

} // namespace twinhull
