// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_changes.h"

#include <QDialog>

class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace twinhull {

/// Other limits for a workload that is there. Nothing of it is blocking; what this computer cannot do, the job says.
class LimitsDialog : public QDialog {
    Q_OBJECT

public:
    explicit LimitsDialog(const WorkloadInfo& info, QWidget* parent = nullptr);

Q_SIGNALS:
    /// Accepted, and something of it is other than it was.
    void chosen(const twinhull::WorkloadChange& change);

private:
    void check();
    void onAccepted();

    ResourceLimits m_before;
    QLineEdit* m_memory;
    QDoubleSpinBox* m_cpus;
    QSpinBox* m_pids;
    QLabel* m_problem;
    QPushButton* m_apply;
};

} // namespace twinhull
