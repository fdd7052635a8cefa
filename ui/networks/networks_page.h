// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/networks/port_list_model.h"
#include "ui/shell/app_context.h"

#include <QStackedWidget>

namespace twinhull {

/// Where the workloads can be reached from this computer.
class NetworksPage : public QStackedWidget {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit NetworksPage(AppContext& context, QWidget* parent = nullptr);

private:
    void showListOrEmpty();

    PortListModel m_model;
};

} // namespace twinhull
