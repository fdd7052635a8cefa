// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/workload/machine_screens.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

struct ScreenOptions {
    std::string name;
    int number = 1;
    bool isListed = false;
};

void printScreens(Program& program, const std::vector<MachineScreen>& screens)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("NUMBER"), QStringLiteral("TYPE"), QStringLiteral("ADDRESS"),
        QStringLiteral("HEADS"), QStringLiteral("TABLET") });
    for (const auto& one : screens) {
        array.append(QJsonObject{ { QStringLiteral("number"), one.index + 1 }, { QStringLiteral("type"), one.type },
            { QStringLiteral("address"), one.address.isEmpty() ? QJsonValue() : QJsonValue(one.address) },
            { QStringLiteral("heads"), one.heads }, { QStringLiteral("tablet"), one.hasTablet } });
        table.add({ QString::number(one.index + 1), one.type, one.address.isEmpty() ? QStringLiteral("–") : one.address,
            QString::number(one.heads), one.hasTablet ? Program::tr("yes") : Program::tr("no") });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

void vmScreen(Program& program, const ScreenOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    if (!options.isListed) {
        program.run(program.vms()->screens().openInViewer(*vm, options.number - 1), [&program] { program.finish(); });
        return;
    }
    const auto found = std::make_shared<std::vector<MachineScreen>>();
    program.run(program.vms()->screens().readScreens(*vm, found), [&program, found] { printScreens(program, *found); });
}

} // namespace

void addVmScreenVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<ScreenOptions>();
    auto* verb = vm.add_subcommand("screen", "opens its screen in virt-viewer or remote-viewer");
    verb->add_option("NAME", options->name, "name or UUID")->required();
    verb->add_option("--number", options->number, "which of several, from 1 on")->check(CLI::Range(1, 32));
    verb->add_flag("--list", options->isListed, "tells of its screens instead");
    onVerb(*verb, chosen, options, Need::Workloads, &vmScreen);
}

} // namespace twinhull
