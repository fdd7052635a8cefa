// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_hardware.h"

#include <QDialog>

namespace twinhull {

class DeviceForm;

/// The fields of a device that a machine is to be given; what is not touched is as usual.
class AddDeviceDialog : public QDialog {
    Q_OBJECT

public:
    AddDeviceDialog(const QString& machine, const HardwareDevice& kind, QWidget* parent);

Q_SIGNALS:
    void chosen(const QMap<QString, QString>& values); ///< what the person said, by key

private:
    DeviceForm* m_form;
};

} // namespace twinhull
