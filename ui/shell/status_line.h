// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric.h"
#include "ui/page/app_context.h"

#include <QWidget>

#include <vector>

class QPushButton;

namespace twinhull {

class ExplainButton;
class TabularLabel;
struct HostPoint;

/// The bottom of the window: this computer, the program's own cost, and any limitation of this computer, all a click
/// away from their explanation.
class StatusLine : public QWidget {
    Q_OBJECT

public:
    explicit StatusLine(AppContext& context, QWidget* parent = nullptr);

private:
    void showPace();
    TabularLabel* addLabel(const QString& name, const QString& accessibleName);
    void showFigures();
    void explainFigures(const HostPoint& host);
    ExplainButton* addExplainButton(std::vector<std::pair<TabularLabel*, HostMetric>> figures);
    void showNotices();
    void explain();

    AppContext& m_context;
    TabularLabel* m_cpu;
    TabularLabel* m_memory;
    TabularLabel* m_pressure;
    TabularLabel* m_pace; ///< while it is slower than asked
    TabularLabel* m_own;
    ExplainButton* m_explainHost;
    ExplainButton* m_explainOwn;
    QPushButton* m_notices;
};

} // namespace twinhull
