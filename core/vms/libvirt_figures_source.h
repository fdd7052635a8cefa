// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_source.h"

#include <QString>

#include <memory>
#include <set>

namespace twinhull {

/// libvirt's own statistics (disks, interfaces, balloon) for what cannot be read from the host's files: VMs of other
/// users and of other computers, guests without our agent. A thread with a connection of its own asks every few seconds
/// and only for the VMs that the sampler read lately. A call that takes longer than three seconds is left behind with
/// its thread: that VM's figures are absent and say so, and one more thread goes on with the others; the first of the
/// two that is free again carries on alone. Thread-safe.
class LibvirtFiguresSource : public MetricSource {
public:
    explicit LibvirtFiguresSource(QString uri);
    ~LibvirtFiguresSource() override; ///< waits a second at most; a call that hangs ends by itself later

    /// Replaces the VMs that run now, by UUID.
    void setRunning(std::set<QString> uuids);

    /// Fills only what earlier sources left absent. Counters come in the tick after they were read and in no other, so
    /// that their rate is the mean since the reading before.
    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override;

private:
    struct Core;
    std::shared_ptr<Core> m_core;
};

} // namespace twinhull
