// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_storage.h"
#include "ui/page/app_context.h"

#include <QObject>

namespace twinhull {

/// What a host has that a VM there can be made from; read on its own threads. GUI thread.
class HostVolumes : public QObject {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit HostVolumes(AppContext& context, QObject* parent = nullptr);
    ~HostVolumes() override;

    /// Forgets what another has; one that hangs is not waited for.
    void lookAt(const QString& connection);

    /// Of volumes that are files, as they are there; nothing: not known, or not yet.
    const std::optional<QStringList>& paths() const { return m_paths; }
    const QStringList& pools() const { return m_pools; } ///< that run

Q_SIGNALS:
    void read();

private:
    AppContext& m_context;
    QString m_connection;
    std::unique_ptr<Job> m_reading;
    std::optional<QStringList> m_paths;
    QStringList m_pools;
};

} // namespace twinhull
