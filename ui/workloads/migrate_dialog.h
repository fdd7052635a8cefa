// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_migration.h"
#include "ui/page/app_context.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace twinhull {

class WorkloadProvider;

/// The connections beside its own that a machine could move to, by name; "" is the home connection.
QStringList migrationDestinations(const AppContext& context, const WorkloadId& machine);

/// Asks where a machine shall go and how; what stands in the way is looked for meanwhile, and keeps the button. Submits
/// the job. Deletes itself when it is closed.
class MigrateDialog : public QDialog {
    Q_OBJECT

public:
    MigrateDialog(AppContext& context, WorkloadInfo machine, QWidget* parent);
    ~MigrateDialog() override;

private:
    void addFields();
    void look();
    void begin();
    void showFound(const Result<>& looked);
    void submit();
    MigrationRequest request() const;
    QString destination() const;

    AppContext& m_context;
    WorkloadInfo m_machine;
    QComboBox* m_destination;
    QCheckBox* m_copies;
    QLineEdit* m_pool;
    QCheckBox* m_kept;
    QLabel* m_text;
    QPushButton* m_accept = nullptr;
    std::unique_ptr<Job> m_looking; ///< one at a time: a host may hang
    std::shared_ptr<std::vector<MigrationObstacle>> m_found;
    bool m_isStale = false; ///< something was chosen since it began
};

} // namespace twinhull
