// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QFrame>
#include <QTimer>

#include <vector>

class QLabel;

namespace twinhull {

/// Says what was deleted just now and brings it back by one button; hidden before and some seconds after.
class UndoBar : public QFrame {
    Q_OBJECT

public:
    explicit UndoBar(AppContext& context, QWidget* parent = nullptr);

    /// It is in the bin of its provider (WorkloadBin::discard()).
    void offer(const WorkloadInfo& info);

private:
    void undo();
    void forget();

    AppContext& m_context;
    std::vector<WorkloadInfo> m_deleted;
    QTimer m_patience;
    QLabel* m_text;
};

} // namespace twinhull
