// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_id.h"
#include "core/workload/workload_plan.h"

namespace twinhull {

/// The command line of twinhullctl that makes this workload and starts it, word by word; twinhullctl reads the same
/// plan out of it (but for its twin group, which has a verb of its own).
QStringList planCommand(const WorkloadPlan& plan, WorkloadKind kind);

/// "--memory 256M --cpus 0.5 --pids 512", as far as there are limits; for every verb that takes them.
QStringList limitWords(const ResourceLimits& limits);
/// IMAGE and what replaces its command, so that twinhullctl does not take a word of the command for an option of its
/// own.
QStringList imageWords(const QString& image, const QStringList& command);

/// One word as a shell reads it back: quoted only where it must be.
QString shellWord(const QString& word);
/// Words as one line that can be pasted into a shell.
QString shellLine(const QStringList& words);

} // namespace twinhull
