// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_source.h"
#include "core/vms/figures/domain_disks.h"
#include "core/vms/link/domain_poll.h"

#include <QString>

#include <map>
#include <memory>
#include <set>

namespace twinhull {

class KnownDisks;

/// What libvirt tells where nobody else does: its own statistics (disks, interfaces, balloon; each minute what the
/// disks take) for what cannot be read from the host's files, and the word of qemu-guest-agent in guests that have no
/// agent of ours. The two are asked apart, each as DomainPoll does, so that an agent that hangs does not hold up the
/// statistics. Thread-safe.
class LibvirtFiguresSource : public MetricSource {
public:
    /// `imagesFolder` is empty where its VMs run elsewhere.
    LibvirtFiguresSource(const QString& uri, const std::string& imagesFolder);

    /// Replaces the VMs that run now, by key, and those of them that have no agent of ours.
    void setRunning(const std::map<QString, DiskRoles>& running, const std::set<QString>& withoutOurAgent);

    /// Fills only what earlier sources left absent. Counters come in the tick after they were read and in no other, so
    /// that their rate is the mean since the reading before.
    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override;
    void setAttention(Attention attention) override { m_attention = attention; }

private:
    DomainPoll::Wish wishFor(const MetricTarget& target, const Sample& sample) const;

    std::shared_ptr<KnownDisks> m_disks; ///< shared with calls that hang
    DomainPoll m_statistics;
    DomainPoll m_agents;
    Attention m_attention = Attention::Watched; ///< of the thread that reads
};

} // namespace twinhull
