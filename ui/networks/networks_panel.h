// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/networks/network_list_model.h"
#include "ui/shell/app_context.h"

#include <QWidget>

#include <memory>

class QAction;
class QLabel;
class QStackedWidget;

namespace twinhull {

class Job;
class ListView;

/// The networks of a person's own and what a person can do with them.
class NetworksPanel : public QWidget {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit NetworksPanel(AppContext& context, QWidget* parent = nullptr);
    ~NetworksPanel() override;

    std::vector<QAction*> actions() const { return { m_create, m_inspect, m_remove }; }
    void refresh();

private:
    QAction* addAction(const QString& text, const char* objectName, void (NetworksPanel::*slot)());
    void show(std::vector<NetworkInfo> networks);
    void refreshActions();
    void submit(std::unique_ptr<Job> job);
    void create();
    void inspect();
    void askToRemove();

    AppContext& m_context;
    NetworkListModel m_model;
    ListView* m_list;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    QAction* m_create;
    QAction* m_inspect;
    QAction* m_remove;
    std::unique_ptr<Job> m_reading;
};

} // namespace twinhull
