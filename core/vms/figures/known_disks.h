// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/vms/figures/domain_disks.h"

#include <cstdint>
#include <map>
#include <mutex>

namespace twinhull {

/// What the disks of running domains take, asked once a minute each: files grow slowly, and each answer is one more
/// question to QEMU. The last good answer stands while later questions fail, ten minutes at most. Thread-safe.
class KnownDisks {
public:
    using Clock = std::int64_t (*)(); ///< nanoseconds, as CLOCK_MONOTONIC

    /// `imagesFolder` is empty where the domains run elsewhere.
    explicit KnownDisks(std::string imagesFolder, Clock clock = &monotonicNanoseconds);

    /// Replaces the domains that run, by UUID, with what their definitions said when they changed last. Whoever is not
    /// among them is forgotten.
    void setDomains(const std::map<QString, DiskRoles>& domains);

    /// Asks where it is time to; blocks as long as the questions do. Of one domain at a time.
    void ask(const QString& uuid, const DiskQuestions& questions);

    /// `isSilent`: the domain is known not to answer now.
    DiskParts parts(const QString& uuid, bool isSilent) const;

private:
    struct Domain {
        DiskRoles told; ///< by setDomains()
        DiskRoles roles; ///< the same, or what the definition was found to say since
        std::uint64_t number = 0; ///< no other's, nor that of another run of it
        DiskParts parts;
        std::int64_t readAt = 0; ///< `parts`; 0: never
        bool hasFailed = false; ///< the latest question
    };

    const std::string m_imagesFolder;
    const Clock m_clock;
    mutable std::mutex m_mutex;
    std::map<QString, Domain> m_domains;
    std::uint64_t m_numbers = 0;
};

} // namespace twinhull
