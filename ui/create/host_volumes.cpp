// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/host_volumes.h"

#include "ui/widgets/machine_host.h"

namespace twinhull {

HostVolumes::HostVolumes(AppContext& context, QObject* parent) : QObject(parent), m_context(context) { }

HostVolumes::~HostVolumes() = default;

void HostVolumes::lookAt(const QString& connection)
{
    if (connection != m_connection) {
        m_paths.reset();
        m_pools.clear();
    }
    m_connection = connection;
    m_reading.reset(); // a call that is under way ends by itself
    auto* has = onHost<HasMachineStorage>(m_context.workloads, connection);
    const auto status = hostStatus(m_context.workloads, connection);
    if (has == nullptr || (status && status->state != ConnectionStatus::State::Connected))
        return;
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    m_reading = has->storage().readPools({}, pools);
    connect(m_reading.get(), &Job::finished, this, [this, pools] {
        const bool isRead = m_reading->state() == Job::State::Succeeded;
        m_reading.release()->deleteLater(); // it is still telling that it finished
        if (!isRead)
            return;
        QStringList paths;
        m_pools.clear();
        for (const MachinePool& pool : *pools) {
            if (pool.isRunning)
                m_pools << pool.name;
            for (const MachineVolume& volume : pool.volumes) {
                if (volume.kind == u"file")
                    paths << volume.path;
            }
        }
        m_paths = paths;
        Q_EMIT read();
    });
    m_reading->start();
}

} // namespace twinhull
