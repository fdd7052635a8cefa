// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_steps.h"

namespace twinhull {

/// What is started or stopped at once; a round begins when the one before has ended.
using ComposeRound = std::vector<ComposeStep>;

/// What a service depends on, as docker's label com.docker.compose.depends_on has it: "db:service_healthy:false,…". A
/// dependency that is not required keeps its place in the order, and is not waited for. The last word says whether the
/// service is restarted with it.
QString dependenciesText(const ComposeService& service);

/// Starts what rests of a project: what others depend on first, and waits until that is as they need it. Goes by the
/// labels of its containers alone, so no file is needed; services that wait for each other, as labels of strangers may
/// say, are started together. `services` and what they depend on; all where there are none.
std::vector<ComposeRound> startRounds(
    const std::vector<WorkloadInfo>& containers, const QString& project, const QStringList& services = {});

/// These services, and those that run and whose containers' labels say that they are restarted with one of them.
QStringList withRestarted(
    const std::vector<WorkloadInfo>& containers, const QString& project, const QStringList& services);

/// Containers of a project: what depends on others first, by their labels.
std::vector<WorkloadInfo> inOrderOfStopping(const std::vector<WorkloadInfo>& containers, const QString& project);

/// Stops what runs: what depends on others first. `services` alone; all where there are none.
std::vector<ComposeRound> stopRounds(
    const std::vector<WorkloadInfo>& containers, const QString& project, const QStringList& services = {});

} // namespace twinhull
