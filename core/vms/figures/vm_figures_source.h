// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/snapshots/domain_snapshot.h"
#include "core/vms/figures/guest_figures_source.h"
#include "core/vms/figures/libvirt_figures_source.h"

namespace twinhull {

/// What the host's files do not tell of VMs: the agents' word first, then libvirt's for what is still absent.
class VmFiguresSource : public MetricSource {
public:
    /// `imagesFolder` holds the images of VMs that run on this computer.
    VmFiguresSource(const QString& uri, const std::string& imagesFolder)
        : m_libvirt(uri, placeOf(uri) == HypervisorPlace::Here ? imagesFolder : std::string())
    {
    }

    /// Replaces the VMs, by key; those that run are asked.
    void setVms(const std::map<QString, DomainSnapshot>& vms, HypervisorPlace place);

    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override
    {
        m_agents.read(targets, samples);
        m_libvirt.read(targets, samples);
    }

    void setAttention(Attention attention) override
    {
        m_agents.setAttention(attention);
        m_libvirt.setAttention(attention);
    }

private:
    GuestFiguresSource m_agents;
    LibvirtFiguresSource m_libvirt;
};

} // namespace twinhull
