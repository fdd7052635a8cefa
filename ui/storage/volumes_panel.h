// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/app_context.h"
#include "ui/storage/volume_list_model.h"

#include <QWidget>

class QAction;
class QLabel;
class QStackedWidget;

namespace twinhull {

class ListView;

/// The named volumes and what a person can do with them.
class VolumesPanel : public QWidget {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit VolumesPanel(AppContext& context, QWidget* parent = nullptr);
    ~VolumesPanel() override;

    std::vector<QAction*> actions() const { return { m_create, m_restore, m_backUp, m_remove, m_prune }; }
    void refresh();

private:
    QAction* addAction(const QString& text, const char* objectName, void (VolumesPanel::*slot)());
    void show(const MeasuredVolumes& volumes);
    void refreshActions();
    void submit(std::unique_ptr<Job> job);
    void create();
    void restore();
    void restoreFrom(const QString& path);
    void backUp();
    void askToRemove();
    void askToPrune();
    void ask(const QString& question, const QString& button, const QStringList& names);

    AppContext& m_context;
    VolumeListModel m_model;
    ListView* m_list;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    QAction* m_create;
    QAction* m_restore;
    QAction* m_backUp;
    QAction* m_remove;
    QAction* m_prune;
    std::unique_ptr<Job> m_reading;
};

} // namespace twinhull
