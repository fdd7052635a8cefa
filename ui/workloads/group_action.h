// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QAction>

#include <vector>

namespace twinhull {

/// Puts the chosen workloads into a group, or out of theirs. Containers of an application are passed over: they stay in
/// it.
class GroupAction : public QAction {
    Q_OBJECT

public:
    /// The question is shown over `window`.
    GroupAction(AppContext& context, QWidget* window);

    void setSelection(const std::vector<WorkloadInfo>& selection);

Q_SIGNALS:
    /// They stand elsewhere in the list now.
    void moved(const std::vector<twinhull::WorkloadId>& members);

private:
    static QString namesOf(const std::vector<WorkloadInfo>& chosen);
    void ask();
    QStringList groupsThere() const;
    void submit(const std::vector<WorkloadInfo>& chosen, const QString& text);

    AppContext& m_context;
    QWidget* m_window;
    std::vector<WorkloadInfo> m_chosen;
};

} // namespace twinhull
