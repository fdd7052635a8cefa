// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_hardware.h"
#include "ui/page/app_context.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QPushButton;
class QToolButton;

namespace twinhull {

class AddDeviceDialog;
class AutostartBox;
class DeviceForm;

/// A machine's devices at the left, the fields of one at the right. What cannot be changed while it runs waits for a
/// shutdown, and one button does that. Read on another thread when the machine or its state becomes another.
class HardwareTab : public QWidget {
    Q_OBJECT

public:
    explicit HardwareTab(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

    /// Null for what has no hardware of its own.
    static MachineHardware* hardwareOf(AppContext& context, const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeStrip();
    QWidget* makeDeviceSide();
    QWidget* makeFieldSide();
    QPushButton* makeButton(const QString& text, const QString& name);
    void read();
    void fill(const HardwareDescription& description);
    void fillStrip();
    void showDevice(int row);
    void noteEdits();
    void apply();
    void removeDevice();
    void addDevice(const HardwareDevice& kind);
    void tellPools(AddDeviceDialog& dialog);
    void tellHostDevices(AddDeviceDialog& dialog);
    void submitEdit(const HardwareEdit& edit);
    void submitTakeBack();
    void restart();
    void editXml();
    void follow(Job* job, const std::shared_ptr<HardwareOutcome>& outcome);

    AppContext& m_context;
    WorkloadInfo m_info;
    HardwareDescription m_shown;
    std::unique_ptr<Job> m_reading;
    bool m_isStale = false; ///< what is being read became old meanwhile
    QString m_wanted; ///< the device to choose once it is read
    QLabel* m_status;
    QPushButton* m_restart;
    QPushButton* m_takeBack;
    QPushButton* m_xml;
    QListWidget* m_list;
    QToolButton* m_add;
    AutostartBox* m_autostart;
    QPushButton* m_remove;
    DeviceForm* m_form;
    QPushButton* m_apply;
    QPushButton* m_revert;
};

} // namespace twinhull
