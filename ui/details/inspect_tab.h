// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <QTableWidget>

namespace twinhull {

/// Everything that is known about a workload, field by field, to read and to copy.
class InspectTab : public QTableWidget {
    Q_OBJECT

public:
    explicit InspectTab(QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace twinhull
