// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_changes.h"
#include "ui/create/form_check.h"

#include <QDialog>

class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace twinhull {

class FineLimitRows;
class FormRow;

/// Other limits and another restart policy for a workload that is there. Nothing of it is blocking; what the fields
/// cannot know of this computer, the job says.
class LimitsDialog : public QDialog {
    Q_OBJECT

public:
    /// `plan` is what would make one like it, where that is known; `controllers` are those of cgroups that containers
    /// can have, absent: not known.
    LimitsDialog(const WorkloadInfo& info, const WorkloadPlan& plan, const std::optional<QStringList>& controllers,
        QWidget* parent = nullptr);

Q_SIGNALS:
    /// Accepted, and something of it is other than it was.
    void chosen(const twinhull::WorkloadChange& change);

private:
    FormRow* addRow(FormField field, const QString& label, QWidget* editor);
    void fillFields(const WorkloadInfo& info);
    QWidget* makeRestart();
    RestartPolicy restart() const;
    /// Nothing where a field makes no sense, which it then says.
    std::optional<WorkloadChange> change();
    void check();
    void onAccepted();

    ResourceLimits m_before;
    RestartPolicy m_restartBefore;
    FormWorld m_world;
    QLineEdit* m_memory;
    QDoubleSpinBox* m_cpus;
    QSpinBox* m_pids;
    QComboBox* m_restart;
    QSpinBox* m_restartMost;
    FineLimitRows* m_fine;
    FormRow* m_memoryRow;
    QPushButton* m_apply;
};

} // namespace twinhull
