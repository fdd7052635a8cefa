// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_hardware.h"

#include <QDialog>

namespace twinhull {

class DeviceForm;
class DiskOrigin;
class HostDeviceChoice;

/// The fields of a device that a machine is to be given; what is not touched is as usual. A disk can be a new one.
class AddDeviceDialog : public QDialog {
    Q_OBJECT

public:
    AddDeviceDialog(const QString& machine, const HardwareDevice& kind, QWidget* parent);

    /// In which a new disk can be; nothing is shown of it for other devices.
    void setPools(const QStringList& names);
    /// Of devices of the host; null for others.
    HostDeviceChoice* hostDevices() const { return m_hostDevices; }

Q_SIGNALS:
    void chosen(const QMap<QString, QString>& values); ///< what the person said, by key

private:
    QMap<QString, QString> values() const;
    void noteOrigin();

    DeviceForm* m_form;
    DiskOrigin* m_origin = nullptr; ///< of a disk
    HostDeviceChoice* m_hostDevices = nullptr; ///< of USB and PCI
};

} // namespace twinhull
