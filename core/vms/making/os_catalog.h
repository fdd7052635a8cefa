// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/jobs/job.h"
#include "core/workload/known_os.h"

#include <memory>

#include <optional>
#include <vector>

namespace twinhull {

// All of these read osinfo-db, which takes a second, and block: not for a GUI thread. Unavailable where the data is
// not installed.

/// All that are known, by their ids.
Result<std::vector<KnownOs>> knownSystems();
/// NotFound, with the next step, where there is none of that id.
Result<KnownOs> knownSystem(const QString& id);
/// What the volume descriptors of an ISO 9660 file tell; nothing where no system is known by them. The file may be
/// anybody's: only its descriptors are read.
Result<std::optional<KnownOs>> systemOnMedium(const QString& path);

/// What the description of an installation tree (.treeinfo) tells; nothing where no system is known by it.
Result<std::optional<KnownOs>> systemOfTree(const QByteArray& treeinfo, const QString& location);
/// Of a family ("debian", "ubuntu") the release with that name ("bullseye").
Result<std::optional<KnownOs>> systemOfRelease(const QString& family, const QString& codename);

/// knownSystems() as a job.
std::unique_ptr<Job> listSystemsJob(std::shared_ptr<std::vector<KnownOs>> all);

} // namespace twinhull
