// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/networks/networks.h"

#include <memory>

namespace twinhull {

/// What a person does with networks, as jobs. GUI thread.

/// Those of these names, all where there are none; `into` is complete when the job succeeded. NotFound names one that
/// is not there.
std::unique_ptr<Job> readNetworksJob(
    const DataFolders& folders, const QStringList& names, std::shared_ptr<std::vector<NetworkInfo>> into);
std::unique_ptr<Job> createNetworkJob(const DataFolders& folders, const NetworkWish& wish);
std::unique_ptr<Job> removeNetworkJob(const DataFolders& folders, const QString& name);

} // namespace twinhull
