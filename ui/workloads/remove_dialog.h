// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_removal.h"
#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QDialog>

#include <memory>
#include <vector>

class QCheckBox;
class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace twinhull {

/// Whether something of its own lies outside the folder of one of these, so that this dialog is to ask.
bool hasOwnDisks(const AppContext& context, const std::vector<WorkloadInfo>& chosen);

/// Asks before machines are deleted, and names every disk of theirs that would stay: none is ticked in advance.
class RemoveDialog : public QDialog {
    Q_OBJECT

public:
    /// `question` and `consequence` as of a Confirmation. Deletes itself when it is closed.
    RemoveDialog(AppContext& context, std::vector<WorkloadInfo> chosen, const QString& question,
        const QString& consequence, QWidget* parent);
    ~RemoveDialog() override;

Q_SIGNALS:
    void agreed(const std::vector<twinhull::MachineDisk>& disks); ///< that are to go as well

private:
    void layOut(const QString& question, const QString& consequence);
    void lookAtDisks();
    void onRead(const Job& job, const std::vector<MachineDisk>& disks);
    void addDisk(const MachineDisk& disk);
    void agree();

    struct Line {
        QCheckBox* box;
        MachineDisk disk;
    };

    AppContext& m_context;
    std::vector<WorkloadInfo> m_chosen;
    QLabel* m_looking;
    QScrollArea* m_area = nullptr;
    QVBoxLayout* m_disks;
    QCheckBox* m_never;
    std::vector<std::unique_ptr<Job>> m_readings;
    std::size_t m_awaited = 0;
    std::vector<Line> m_lines;
    QStringList m_troubles;
};

} // namespace twinhull
