// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/networks/network_list_model.h"
#include "ui/page/app_context.h"
#include "ui/widgets/named_list_panel.h"

namespace twinhull {

/// The networks of a person's own and what a person can do with them.
class NetworksPanel : public NamedListPanel {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit NetworksPanel(AppContext& context, QWidget* parent = nullptr);

private:
    Reading read() override;
    void enableActions() override;
    void create();
    void inspect();
    void askToRemove();

    AppContext& m_context;
    NetworkListModel m_model;
    QAction* m_inspect;
    QAction* m_remove;
};

} // namespace twinhull
