// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/console_run.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace twinhull {

namespace {

struct VmConsoleOptions {
    std::string name;
    std::string device; ///< empty: the first that can be opened
    bool takesOver = false;
    bool onlyLists = false;
};

using Consoles = std::vector<MachineConsole>;

void printConsoles(Program& program, const Consoles& consoles)
{
    QJsonArray array;
    TextTable table({ Program::tr("DEVICE"), Program::tr("WHAT"), Program::tr("CAN BE OPENED") });
    for (const auto& each : consoles) {
        array.append(QJsonObject{ { QStringLiteral("device"), each.alias }, { QStringLiteral("title"), each.title },
            { QStringLiteral("refusal"), each.refusal.isEmpty() ? QJsonValue() : QJsonValue(each.refusal) } });
        table.add({ each.alias, each.title, each.refusal.isEmpty() ? Program::tr("yes") : each.refusal });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

Result<MachineConsole> consoleToOpen(const Consoles& consoles, const VmConsoleOptions& options)
{
    if (consoles.empty())
        return Error{ ErrorCode::NotFound, options.name + " has no serial port", 0,
            "Add one: twinhullctl vm attach " + options.name + " serial" };
    const auto wanted = QString::fromStdString(options.device);
    const auto found = std::find_if(consoles.begin(), consoles.end(), [&wanted](const MachineConsole& each) {
        return wanted.isEmpty() ? each.refusal.isEmpty() : each.alias == wanted;
    });
    if (found == consoles.end() && !wanted.isEmpty())
        return Error{ ErrorCode::NotFound, options.name + " has no console " + options.device, 0,
            "List them: twinhullctl vm console " + options.name + " --list" };
    const auto& chosen = found == consoles.end() ? consoles.front() : *found;
    if (!chosen.refusal.isEmpty())
        return Error{ ErrorCode::Unsupported,
            "open the console " + chosen.alias.toStdString() + " of " + options.name + ": "
                + chosen.refusal.toStdString(),
            0, "Read it: twinhullctl logs --follow " + options.name };
    return chosen;
}

void openVmConsole(Program& program, const VmConsoleOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto consoles = std::make_shared<Consoles>();
    program.run(program.vms()->consoles().list(*vm, consoles), [&program, vm = *vm, consoles, options] {
        if (options.onlyLists)
            return printConsoles(program, *consoles);
        const auto console = consoleToOpen(*consoles, options);
        if (!console)
            return program.fail(console.error());
        new ConsoleRun(program,
            program.vms()->consoles().open(
                vm, console->alias, options.takesOver ? ConsoleTakeover::Yes : ConsoleTakeover::No));
    });
}

} // namespace

void addVmConsoleVerb(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<VmConsoleOptions>();
    auto* verb = vm.add_subcommand("console", "its serial port in this terminal; Ctrl+] leaves");
    verb->add_option("NAME", options->name, "name or UUID")->required();
    verb->add_option("--device", options->device, "serial0, console1 …; else the first that can be opened");
    verb->add_flag("--force", options->takesOver, "where another has it open: take it from them");
    verb->add_flag("--list", options->onlyLists, "which there are");
    onVerb(*verb, chosen, options, Need::Workloads, &openVmConsole);
}

} // namespace twinhull
