// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/jobs/job.h"

#include <QString>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

/// What a system says that it needs; 0: it does not say.
struct OsNeeds {
    std::uint64_t memoryBytes = 0;
    std::uint64_t diskBytes = 0;
    int cpus = 0;
};

/// An operating system for x86_64 as osinfo-db knows it.
struct KnownOs {
    QString id; ///< "debian11"
    QString name; ///< "Debian 11"
    OsNeeds minimum;
    OsNeeds recommended;
    bool hasVirtioDisk = false; ///< it brings the driver
    bool hasVirtioNetwork = false; ///< likewise
};

// All of these read osinfo-db, which takes a second, and block: not for a GUI thread. Unavailable where the data is
// not installed.

/// All that are known, by their ids.
Result<std::vector<KnownOs>> knownSystems();
/// NotFound, with the next step, where there is none of that id.
Result<KnownOs> knownSystem(const QString& id);
/// What the volume descriptors of an ISO 9660 file tell; nothing where no system is known by them. The file may be
/// anybody's: only its descriptors are read.
Result<std::optional<KnownOs>> systemOnMedium(const QString& path);

/// The system of that id, or with an empty one that on the medium, as a job; into `found` once it has succeeded.
std::unique_ptr<Job> findSystemJob(
    const QString& mediumPath, const QString& id, std::shared_ptr<std::optional<KnownOs>> found);
/// knownSystems() as a job.
std::unique_ptr<Job> listSystemsJob(std::shared_ptr<std::vector<KnownOs>> all);

} // namespace twinhull
