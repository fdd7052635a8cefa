// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/app_context.h"
#include "ui/shell/page_bar.h"
#include "ui/storage/disk_area_model.h"

#include <QWidget>

class QToolButton;

namespace twinhull {

class SecretsPanel;
class VolumesPanel;

/// The named volumes, and what the program keeps on disk and where.
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
    void refresh();

    AppContext& m_context;
    DiskAreaModel m_model;
    std::unique_ptr<Job> m_reading;
    QToolButton* m_refresh = nullptr;
    VolumesPanel* m_volumes;
    SecretsPanel* m_secrets;
    QWidget* m_bar;
};

} // namespace twinhull
