// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_commit.h"
#include "core/workload/workload_info.h"
#include "ui/widgets/fields_dialog.h"

namespace twinhull {

/// Asks how an image of that workload is to be called; not shown yet. chosen() gives what commitRequestFrom() reads.
FieldsDialog* makeCommitDialog(const WorkloadInfo& info, QWidget* parent);
CommitRequest commitRequestFrom(const QMap<QString, QString>& values);

} // namespace twinhull
