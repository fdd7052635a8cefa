// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QWidget>

class QVBoxLayout;

namespace twinhull {

class BarsCard;
class InspectTab;

/// How the workload started, phase by phase, above everything that is known about it.
class InspectPane : public QWidget {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit InspectPane(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

private:
    BarsCard* m_startup; ///< hidden while no phase is known
    QVBoxLayout* m_startupRoom;
    InspectTab* m_fields;
};

} // namespace twinhull
