// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_import.h"
#include "core/workload/machine_networks.h"

#include <QWidget>

class QComboBox;
class QLineEdit;

namespace twinhull {

class FormRow;

/// Where a new VM's network card is connected, and where its new disk is kept.
class MachinePlaces : public QWidget {
    Q_OBJECT

public:
    explicit MachinePlaces(QWidget* parent = nullptr);

    MachineCard card() const;
    QString pool() const; ///< empty: the VM's own folder, on another computer the usual pool
    QString volume() const; ///< empty: after the VM

    void setHost(bool isHere, bool makesDisk);
    void setHasNetwork(bool hasNetwork);
    void setPools(const QStringList& pools); ///< that run; what was chosen and is there stays
    void setNetworks(const std::vector<MachineNetwork>& networks, const QStringList& bridges); ///< likewise

Q_SIGNALS:
    void changed();

private:
    void showVolume();

    QComboBox* m_network;
    QComboBox* m_model;
    QComboBox* m_pool;
    QLineEdit* m_volume;
    FormRow* m_networkRow;
    FormRow* m_modelRow;
    FormRow* m_poolRow;
    FormRow* m_volumeRow;
    bool m_makesDisk = true;
};

} // namespace twinhull
