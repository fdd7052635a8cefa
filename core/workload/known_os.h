// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

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
    bool isWindows = false; ///< of the NT family
    bool bootsByBios = true; ///< unless the data says that it does not
    bool bootsByUefi = false; ///< the data says so; many systems that do are not known to
    bool hasInstallScript = false; ///< one for an installation that asks nothing, which an initrd carries
};

} // namespace twinhull
