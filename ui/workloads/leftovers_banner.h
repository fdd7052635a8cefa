// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison_leftovers.h"
#include "ui/page/app_context.h"

#include <QFrame>
#include <QPointer>

class QLabel;
class QPushButton;

namespace twinhull {

/// Names what comparisons left that were killed, and removes it by one button; hidden while there is nothing.
class LeftoversBanner : public QFrame {
    Q_OBJECT

public:
    explicit LeftoversBanner(AppContext& context, QWidget* parent = nullptr);

private:
    void present();
    void removeAll();

    AppContext& m_context;
    ComparisonLeftoversWatch m_watch;
    QLabel* m_text;
    QPushButton* m_remove;
    QPointer<Job> m_job; ///< that removes them
};

} // namespace twinhull
