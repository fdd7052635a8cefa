// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_source.h"
#include "core/vms/figures/domain_statistics.h"

#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>

namespace twinhull {

/// Asks libvirt about running VMs by calls that may hang: on threads and connections of its own, every few seconds, and
/// only about VMs that were read lately. A call that takes longer than three seconds is left behind with its thread:
/// that VM is silent, and one more thread goes on with the others; the first that is free again carries on alone. Of a
/// QEMU that is known to be stopped libvirt is not asked at all. However many VMs there are, they cost the same: who
/// waits longest comes first, after a rest. Thread-safe.
class DomainPoll {
public:
    /// What whoever reads a VM says of it.
    struct Wish {
        Attention attention = Attention::Watched;
        pid_t qemu = 0; ///< 0 where it is not known, or elsewhere
        bool isGuestMemoryTold = false; ///< by somebody else, and need not be asked for
    };

    /// What a question may need to know.
    struct Asked {
        std::optional<DomainStatistics> before; ///< what was told last; absent after a silence
        Wish wish;
    };

    /// One question to libvirt; blocks as long as that does.
    using Question = std::function<Result<DomainStatistics>(virDomainPtr domain, const Asked& asked)>;

    struct Pace {
        std::chrono::milliseconds interval;
        std::chrono::milliseconds unwatchedInterval;
        std::chrono::milliseconds afterSilence; ///< before a VM whose call failed or was left behind is asked again
        std::chrono::milliseconds rest; ///< from one question to the next; what was never asked does not wait for it
        int mostThreads = 2; ///< those that hang, and one that goes on
    };

    /// What is known of a VM.
    struct Word {
        std::optional<DomainStatistics> statistics;
        bool isFresh = false; ///< handed out for the first time
        bool isSilent = false; ///< the latest call took too long or failed
        bool isHeldUp = false; ///< all threads hang in calls about others
    };

    DomainPoll(QString uri, Question question, Pace pace);
    ~DomainPoll(); ///< waits a second at most; a call that hangs ends by itself later
    DomainPoll(const DomainPoll&) = delete;
    DomainPoll& operator=(const DomainPoll&) = delete;

    /// Replaces the VMs that are asked about, by UUID.
    void setDomains(const std::set<QString>& uuids);

    /// Leaves behind what hangs. Called once a tick by who reads, so that no thread has to watch the others.
    void watch();

    /// Absent: not one of the VMs.
    std::optional<Word> read(const QString& uuid, const Wish& wish);

private:
    struct Core;
    std::shared_ptr<Core> m_core;
};

} // namespace twinhull
