// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_consoles.h"
#include "ui/page/app_context.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace twinhull {

class ConsoleScreen;

/// The serial ports and consoles of the chosen machine. The one that is looked at is opened; it stays open, and keeps
/// what it showed, while another machine is chosen.
class ConsoleTab : public QWidget {
    Q_OBJECT

public:
    static constexpr std::size_t kMostScreens = 12; ///< of all machines; the oldest is closed for another
    static constexpr std::chrono::milliseconds kOpenDelay{ 300 }; ///< for who only passes by

    explicit ConsoleTab(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);
    /// Of any machine, as it is told.
    void noteChange(const WorkloadInfo& info);
    void forget(const WorkloadId& id); ///< it is gone

    ConsoleScreen* current() const;

    /// Null for what has no consoles of its own.
    static MachineConsoles* consolesOf(AppContext& context, const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    QPushButton* makeButton(const QString& name);
    void read();
    void fill(const std::vector<MachineConsole>& consoles);
    const MachineConsole* chosen() const;
    ConsoleScreen* screenOf(const MachineConsole& console);
    void showChosen();
    void presentState();
    void presentButtons(const ConsoleScreen* screen);
    QString whyNone() const; ///< why there is no screen; empty where there can be one
    void openLooked();
    void act();

    AppContext& m_context;
    WorkloadInfo m_info;
    std::vector<MachineConsole> m_consoles;
    bool m_isRead = false;
    bool m_isStale = false; ///< what is being read became old meanwhile
    QString m_problem; ///< of the reading
    std::unique_ptr<Job> m_reading;
    std::vector<ConsoleScreen*> m_screens; ///< children of the stack, the latest shown last
    QTimer m_openTimer;
    QComboBox* m_devices;
    QLabel* m_status;
    QPushButton* m_takeOver = nullptr;
    QPushButton* m_act = nullptr; ///< Start, Connect or Disconnect
    QStackedWidget* m_stack;
    QLabel* m_notice;
};

} // namespace twinhull
