// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/volumes/secrets.h"
#include "ui/page/app_context.h"
#include "ui/storage/secret_list_model.h"
#include "ui/widgets/named_list_panel.h"

namespace twinhull {

/// The secrets and what a person can do with them. What they say is typed or read, and never shown.
class SecretsPanel : public NamedListPanel {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit SecretsPanel(AppContext& context, QWidget* parent = nullptr);

private:
    Reading read() override;
    void enableActions() override;
    void create();
    void chooseFile();
    void createFrom(const QString& path);
    void replace();
    void askToRemove();

    AppContext& m_context;
    SecretListModel m_model;
    QAction* m_replace;
    QAction* m_remove;
};

} // namespace twinhull
