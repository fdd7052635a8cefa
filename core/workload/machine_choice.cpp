// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/machine_choice.h"

namespace twinhull {

namespace {

constexpr MachineChoice kMachineChoices[]{ MachineChoice::Automatic, MachineChoice::Q35, MachineChoice::Microvm };

} // namespace

QString machineWord(MachineChoice choice)
{
    switch (choice) {
    case MachineChoice::Q35:
        return QStringLiteral("q35");
    case MachineChoice::Microvm:
        return QStringLiteral("microvm");
    case MachineChoice::Automatic:
        break;
    }
    return QStringLiteral("auto");
}

std::optional<MachineChoice> machineChoiceFromWord(const QString& word)
{
    for (const MachineChoice choice : kMachineChoices) {
        if (machineWord(choice) == word)
            return choice;
    }
    return std::nullopt;
}

Result<MachineChoice> machineChoiceOf(const Labels& labels)
{
    const auto label = labels.find(QLatin1String(kMachineLabel));
    if (label == labels.end())
        return MachineChoice::Automatic;
    if (const auto choice = machineChoiceFromWord(*label))
        return *choice;
    return Error{ ErrorCode::InvalidArgument,
        "the label " + std::string(kMachineLabel) + " says " + label->toStdString(), 0, "Say auto, q35 or microvm" };
}

void setMachineChoice(Labels& labels, MachineChoice choice)
{
    labels.remove(QLatin1String(kMachineLabel));
    if (choice != MachineChoice::Automatic)
        labels.insert(QLatin1String(kMachineLabel), machineWord(choice));
}

} // namespace twinhull
