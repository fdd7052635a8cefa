// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_steps.h"
#include "core/images/image_store.h"
#include "core/workload/workload_provider.h"

#include <string_view>

namespace twinhull {

/// Where projects are run. All of it must outlive the jobs.
struct ComposeWorld {
    DataFolders folders;
    ImageStore& images;
    WorkloadProvider& containers; ///< has WorkloadChanges
};

/// What is here now.
ComposeState stateOf(const ComposeWorld& world);

/// Where images come from.
struct ImageWish {
    bool buildsAll = false; ///< also those that are there
    /// Of builds, each line with its service before it; on a worker thread. A stranger's bytes.
    std::function<void(std::string_view)> output = {};
};

/// "build image shop-web", "pull image redis:7": what the services of a wish need before their containers are made.
struct ImageStep {
    const ComposeService* service = nullptr; ///< of the project
    bool isBuilt = false;
};
Result<std::vector<ImageStep>> imageSteps(
    const ComposeProject& project, const UpWish& wish, const ImageWish& images, const ComposeState& state);
QString stepText(const ImageStep& step);

/// Brings a project up: images, networks, volumes, and its containers in their order. Fails or is cancelled as if it
/// had not begun, but for images: what was made is removed, and what it replaced is there and runs as before.
std::unique_ptr<Job> composeUpJob(
    const ComposeWorld& world, const ComposeProject& project, const UpWish& wish, const ImageWish& images);

/// Stops and removes what is of a project, for good: `up` makes it again. Goes on to the first failure.
std::unique_ptr<Job> composeDownJob(const ComposeWorld& world, const ComposeProject& project, const DownWish& wish);

/// Starts what rests of a project, or stops what runs, in the order that its containers' labels tell (compose_power.h).
/// Goes on to the first failure; what was started by then runs. What starts a project, composeUpJob() too, is refused
/// (Busy) while another does, in this program or another.
std::unique_ptr<Job> composeStartJob(const ComposeWorld& world, const QString& project, const QStringList& services);
std::unique_ptr<Job> composeStopJob(const ComposeWorld& world, const QString& project, const QStringList& services);

} // namespace twinhull
