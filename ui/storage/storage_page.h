// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"
#include "ui/page/page_bar.h"
#include "ui/storage/disk_area_model.h"

#include <QWidget>

class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace twinhull {

class HostChoice;
class MachineDisks;
class SecretsPanel;
class VolumesPanel;

/// What containers keep, what machines keep, and what the program keeps on disk and where.
class StoragePage : public QWidget, public PageBarSource {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit StoragePage(AppContext& context, QWidget* parent = nullptr);
    ~StoragePage() override;

    QWidget* pageBar() override { return m_bar; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    QWidget* makeContainers();
    void refresh();
    void refreshMachines();

    AppContext& m_context;
    DiskAreaModel m_model;
    std::unique_ptr<Job> m_reading;
    QToolButton* m_refresh = nullptr;
    VolumesPanel* m_volumes;
    SecretsPanel* m_secrets;
    MachineDisks* m_machines;
    QTabWidget* m_kinds;
    HostChoice* m_host = nullptr; ///< of the machines
    QStackedWidget* m_actions = nullptr; ///< of the kind that is shown
    QWidget* m_bar;
};

} // namespace twinhull
