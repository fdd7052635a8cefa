// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_networks.h"
#include "ui/page/app_context.h"

#include <QObject>

namespace twinhull {

/// What a new VM's network card can be connected to on a host; read on its own threads. GUI thread.
class HostNetworks : public QObject {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit HostNetworks(AppContext& context, QObject* parent = nullptr);
    ~HostNetworks() override;

    /// Forgets what another has; one that hangs is not waited for.
    void lookAt(const QString& connection);

    const std::vector<MachineNetwork>& networks() const { return *m_networks; }
    const QStringList& bridges() const { return *m_bridges; }

Q_SIGNALS:
    void read();

private:
    AppContext& m_context;
    QString m_connection;
    std::unique_ptr<Job> m_reading;
    std::shared_ptr<std::vector<MachineNetwork>> m_networks;
    std::shared_ptr<QStringList> m_bridges;
};

} // namespace twinhull
