// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/network_names.h"

#include "core/networks/network_jobs.h"

namespace twinhull {

NetworkNames::NetworkNames(const AppContext& context, QObject* parent) : QObject(parent)
{
    const auto networks = std::make_shared<std::vector<NetworkInfo>>();
    m_reading = readNetworksJob(context.folders, {}, networks);
    connect(m_reading.get(), &Job::finished, this, [this, networks] {
        const bool isRead = m_reading->state() == Job::State::Succeeded;
        m_reading.release()->deleteLater(); // it is still telling that it finished
        if (!isRead)
            return;
        QStringList names;
        for (const NetworkInfo& network : *networks)
            names << QString::fromStdString(network.definition.name);
        Q_EMIT read(names);
    });
    m_reading->start();
}

NetworkNames::~NetworkNames() = default;

} // namespace twinhull
