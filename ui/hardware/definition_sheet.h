// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/named_definitions.h"
#include "ui/hardware/definition_dialog.h"

#include <functional>

namespace twinhull {

class JobQueue;

/// Submits the work that `define` makes of what was typed, as often as it is, and leads back to the text where it
/// failed. `pendingReason` is asked after its success. The queue must outlive the dialog.
void defineFrom(
    DefinitionDialog& dialog, JobQueue& jobs, std::function<std::unique_ptr<Job>(const QByteArray& xml)> define,
    std::function<QString()> pendingReason = [] { return QString(); });

/// One pool or network whose definition is wanted.
struct DefinitionWish {
    QString name;
    DefinitionWords words;
    std::function<NamedDefinitions*()> definitions; ///< null where its host is gone by now
    std::function<void()> changed; ///< called after each that was defined
};

/// Reads it, then opens a sheet over `window` to edit it; said in a box why it cannot be read.
void openNamedDefinition(JobQueue& jobs, const DefinitionWish& wish, QWidget* window);

} // namespace twinhull
