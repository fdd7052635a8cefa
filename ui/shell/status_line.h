// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"

#include <QWidget>

class QPushButton;

namespace twinhull {

class TabularLabel;
struct HostPoint;

/// The bottom of the window: this computer, the program's own cost, and any limitation of this computer a click away
/// from its explanation.
class StatusLine : public QWidget {
    Q_OBJECT

public:
    explicit StatusLine(AppContext& context, QWidget* parent = nullptr);

private:
    void showPace();
    TabularLabel* addLabel(const QString& name, const QString& accessibleName);
    void showFigures();
    void explainFigures(const HostPoint& host);
    void showNotices();
    void explain();

    AppContext& m_context;
    TabularLabel* m_cpu;
    TabularLabel* m_memory;
    TabularLabel* m_pressure;
    TabularLabel* m_pace; ///< while it is slower than asked
    TabularLabel* m_own;
    QPushButton* m_notices;
};

} // namespace twinhull
