// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/plan_options.h"

#include <QString>

#include <optional>

namespace twinhull {

/// The machine that a person wants for a VM made from an image. It is kept as a label, and nowhere else.
enum class MachineChoice {
    Automatic, ///< no label; core/vms/domain/image_machine.h decides
    Q35,
    Microvm,
};

constexpr const char* kMachineLabel = "org.twinhull.machine";

/// "auto", "q35", "microvm".
QString machineWord(MachineChoice choice);
std::optional<MachineChoice> machineChoiceFromWord(const QString& word);

/// InvalidArgument where the label says something else.
Result<MachineChoice> machineChoiceOf(const Labels& labels);
void setMachineChoice(Labels& labels, MachineChoice choice);

} // namespace twinhull
