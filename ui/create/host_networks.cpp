// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/host_networks.h"

#include "core/jobs/sequential_job.h"
#include "ui/widgets/machine_host.h"

namespace twinhull {

HostNetworks::HostNetworks(AppContext& context, QObject* parent)
    : QObject(parent)
    , m_context(context)
    , m_networks(std::make_shared<std::vector<MachineNetwork>>())
    , m_bridges(std::make_shared<QStringList>())
{
}

HostNetworks::~HostNetworks() = default;

void HostNetworks::lookAt(const QString& connection)
{
    m_reading.reset(); // a call that is under way ends by itself, and writes into what nobody has any more
    if (connection != m_connection) {
        m_networks = std::make_shared<std::vector<MachineNetwork>>();
        m_bridges = std::make_shared<QStringList>();
        Q_EMIT read();
    }
    m_connection = connection;
    auto* has = onHost<HasMachineNetworks>(m_context.workloads, connection);
    const auto status = hostStatus(m_context.workloads, connection);
    if (has == nullptr || (status && status->state != ConnectionStatus::State::Connected))
        return;
    const auto networks = std::make_shared<std::vector<MachineNetwork>>();
    const auto bridges = std::make_shared<QStringList>();
    auto job = std::make_unique<SequentialJob>(tr("Read the networks"));
    job->add([has, networks] { return has->networks().readNetworks({}, networks); });
    job->add([has, bridges] { return has->networks().readBridges(bridges); });
    m_reading = std::move(job);
    connect(m_reading.get(), &Job::finished, this, [this, networks, bridges] {
        const bool isRead = m_reading->state() == Job::State::Succeeded;
        m_reading.release()->deleteLater(); // it is still telling that it finished
        if (!isRead)
            return; // QEMU's own network is left to choose
        m_networks = networks;
        m_bridges = bridges;
        Q_EMIT read();
    });
    m_reading->start();
}

} // namespace twinhull
