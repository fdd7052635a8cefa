// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace twinhull {

class Card;
class PoolsPanel;
class PoolVolumesPanel;

/// The machines' storage: pools, what is in the chosen one, and what keeps machines from it.
class MachineDisks : public QWidget {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit MachineDisks(AppContext& context, QWidget* parent = nullptr);

    void setHost(const QString& connection); ///< whose storage is shown; empty: the home one's
    void refresh();
    QWidget* makeBar(QWidget* parent) const; ///< of what is done with pools

private:
    void showChosen();

    PoolsPanel* m_pools;
    PoolVolumesPanel* m_volumes;
    Card* m_volumesCard;
    QLabel* m_trouble;
    QPushButton* m_letIn;
};

} // namespace twinhull
