// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/workloads/workload_actions.h"

#include <QWidget>

class QLineEdit;

namespace twinhull {

/// The top bar of the workloads page: New, the actions on what is chosen, and the filter.
class WorkloadsBar : public QWidget {
    Q_OBJECT

public:
    explicit WorkloadsBar(WorkloadActions& actions, QWidget* parent = nullptr);

    void focusFilter();

Q_SIGNALS:
    void newContainerRequested();
    void newVmRequested();
    void newTwinRequested();
    void composeRequested();
    void definitionRequested();
    void filterChanged(const QString& text);
    void filterLeft(); ///< by Enter or Escape: the keyboard goes to the list

private:
    QWidget* makeNewButton();
    QWidget* makeStopButton(WorkloadActions& actions);
    QLineEdit* makeFilter();

    QLineEdit* m_filter;
};

} // namespace twinhull
