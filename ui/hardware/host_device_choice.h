// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/host_device.h"

#include <QWidget>

#include <vector>

class QLabel;
class QListWidget;

namespace twinhull {

/// The devices of the host that a machine can be given, and why it cannot be given the others.
class HostDeviceChoice : public QWidget {
    Q_OBJECT

public:
    /// `kind`: "usb" or "pci".
    explicit HostDeviceChoice(QString kind, QWidget* parent = nullptr);

    /// Of all kinds; those of its own are shown.
    void setDevices(const std::vector<HostDevice>& devices);
    void setTrouble(const QString& sentence); ///< why they are not known

Q_SIGNALS:
    void chosen(const QString& value); ///< of the field "device"

private:
    QString m_kind;
    QLabel* m_word;
    QListWidget* m_list;
};

/// What is to be known of it before it is given: who has it, what goes along, why it cannot be; a line each.
QStringList hostDeviceNotes(const HostDevice& device);

} // namespace twinhull
