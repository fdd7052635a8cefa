// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"
#include "ui/storage/volume_list_model.h"
#include "ui/widgets/named_list_panel.h"

namespace twinhull {

/// The named volumes and what a person can do with them.
class VolumesPanel : public NamedListPanel {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit VolumesPanel(AppContext& context, QWidget* parent = nullptr);

private:
    Reading read() override;
    void enableActions() override;
    void create();
    void restore();
    void restoreFrom(const QString& path);
    void backUp();
    void askToRemove();
    void askToPrune();
    void ask(const QString& question, const QString& button, const QStringList& names);

    AppContext& m_context;
    VolumeListModel m_model;
    QAction* m_backUp;
    QAction* m_remove;
    QAction* m_prune;
};

} // namespace twinhull
