// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/result.h"
#include "core/compose/compose_project.h"

namespace twinhull {

/// PROJECT-SERVICE-NUMBER, or container_name.
QString containerName(const ComposeProject& project, const ComposeService& service, unsigned number);

/// What a service's container of that number is made with. Ports for which any will do are 0. Its labels tell whose it
/// is, and a digest of all the rest: a container with another digest is of another file.
WorkloadPlan containerPlan(const ComposeProject& project, const ComposeService& service, unsigned number,
    const QString& imageDigest, const DataFolders& folders);

/// Gives each port that is 0 a free one of this computer. Somebody else may take it before the container does.
Result<> chooseFreePorts(std::vector<PublishedPort>& ports);

/// Of a mount without a source: the same at each run, so that what is in it stays.
QString anonymousVolume(const QString& container, const QString& target);

/// Where the content of a config stands that is no file of the person's.
QString contentPath(const DataFolders& folders, const ComposeProject& project, const ComposeFile& file);
QString contentFolder(const DataFolders& folders, const QString& project);

} // namespace twinhull
