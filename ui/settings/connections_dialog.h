// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/connection_list.h"
#include "core/workload/workload_connection.h"

#include <QDialog>

#include <vector>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace twinhull {

struct AppContext;

/// The libvirt hosts: the one in the settings and those that a person added, how each fares, and what helps where one
/// does not answer. Deletes itself when it is closed.
class ConnectionsDialog : public QDialog {
    Q_OBJECT

public:
    ConnectionsDialog(AppContext& context, QWidget* parent);

private:
    /// One that is opened, or one of the list that is not.
    struct Row {
        ConnectionStatus status;
        bool isClosed = false;
    };

    void makeList();
    QWidget* makeButtons();
    std::vector<Row> readRows();
    void refresh();
    void describe();
    void openAdd();
    void removeChosen();

    AppContext& m_context;
    ConnectionList m_saved;
    std::vector<Row> m_rows;
    QString m_complaint; ///< why the list cannot be read
    QTreeWidget* m_list;
    QLabel* m_text;
    QPushButton* m_remove = nullptr;
};

} // namespace twinhull
