// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/workload_label.h"

#include "core/workload/workload_info.h"

#include <QCoreApplication>

namespace twinhull {

QString labelOf(const WorkloadInfo& info)
{
    const QString kind = info.id.kind == WorkloadKind::Container ? QCoreApplication::translate("Workload", "container")
                                                                 : QCoreApplication::translate("Workload", "VM");
    return QStringLiteral("%1 \u00b7 %2").arg(info.name, kind);
}

} // namespace twinhull
