// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_hardware.h"

#include <QWidget>

#include <functional>

class QGridLayout;

namespace twinhull {

/// The fields of one device to read and to change. What waits for a shutdown has a chip beside its label.
class DeviceForm : public QWidget {
    Q_OBJECT

public:
    explicit DeviceForm(QWidget* parent = nullptr);

    void setDevice(const HardwareDevice& device);
    const HardwareDevice& device() const { return m_device; }

    /// What the person made another, by key.
    QMap<QString, QString> changes() const;

Q_SIGNALS:
    void edited();

private:
    struct Entry {
        QString key;
        QString before; ///< as the editor showed it first
        std::function<QString()> read;
    };

    QWidget* makeRow(const HardwareField& field);
    QWidget* makeEditor(const HardwareField& field, std::function<QString()>& read);

    HardwareDevice m_device;
    QWidget* m_body = nullptr;
    std::vector<Entry> m_entries;
};

/// "2 until shutdown" as the chip of a field says it; empty where nothing waits.
QString pendingText(const HardwareField& field);

} // namespace twinhull
