// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"

#include <QJsonObject>

namespace twinhull {

namespace {

struct PowerOptions {
    std::string name;
    bool isDiscarded = false; ///< of save
    std::string isOn; ///< of autostart: "on", "off", or empty to be told
    std::vector<std::string> keys; ///< of send-key
};

/// Runs what `make` makes of the VM's switches and ends.
void runOn(Program& program, const PowerOptions& options,
    const std::function<std::unique_ptr<Job>(MachinePower&, const WorkloadId&)>& make)
{
    const auto vm = chosenVm(program, options.name);
    if (vm)
        program.run(make(program.vms()->power(), vm->id), [&program] { program.finish(); });
}

void reboot(Program& program, const PowerOptions& options)
{
    runOn(program, options, [](MachinePower& power, const WorkloadId& id) { return power.reboot(id); });
}

void reset(Program& program, const PowerOptions& options)
{
    runOn(program, options, [](MachinePower& power, const WorkloadId& id) { return power.reset(id); });
}

void save(Program& program, const PowerOptions& options)
{
    runOn(program, options, [&options](MachinePower& power, const WorkloadId& id) {
        return options.isDiscarded ? power.discardSaved(id) : power.save(id);
    });
}

void restore(Program& program, const PowerOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (vm)
        program.run(program.vms()->start(vm->id), [&program] { program.finish(); });
}

void sendKeys(Program& program, const PowerOptions& options)
{
    QStringList keys;
    for (const auto& word : options.keys)
        keys += QString::fromStdString(word).split(u'+', Qt::SkipEmptyParts); // "ctrl+alt+f2" too
    runOn(program, options, [&keys](MachinePower& power, const WorkloadId& id) { return power.sendKeys(id, keys); });
}

void autostart(Program& program, const PowerOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    MachinePower& power = program.vms()->power();
    if (!options.isOn.empty())
        return program.run(power.setAutostart(vm->id, options.isOn == "on"), [&program] { program.finish(); });
    const auto isOn = std::make_shared<bool>(false);
    program.run(power.readAutostart(vm->id, isOn), [&program, isOn] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{ { QStringLiteral("autostart"), *isOn } }));
        else
            program.print(*isOn ? QStringLiteral("on\n") : QStringLiteral("off\n"));
        program.finish();
    });
}

CLI::App* addPowerVerb(CLI::App& vm, ChosenVerb& chosen, const char* name, const char* about,
    const std::shared_ptr<PowerOptions>& options, void (*act)(Program&, const PowerOptions&))
{
    auto* verb = vm.add_subcommand(name, about);
    verb->add_option("NAME", options->name, "name or UUID")->required();
    onVerb(*verb, chosen, options, Need::Workloads, act);
    return verb;
}

} // namespace

void addVmPowerVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto fresh = [] { return std::make_shared<PowerOptions>(); };
    addPowerVerb(vm, chosen, "reboot", "asks the system inside to start again", fresh(), &reboot);
    addPowerVerb(vm, chosen, "reset", "as the button on the case: what was not written is lost", fresh(), &reset);
    const auto saving = fresh();
    addPowerVerb(vm, chosen, "save", "writes its memory to disk and switches it off; it goes on there when started",
        saving, &save)
        ->add_flag("--discard", saving->isDiscarded, "throw away what was saved");
    addPowerVerb(vm, chosen, "restore", "goes on where save left it (as start does)", fresh(), &restore);
    const auto starting = fresh();
    addPowerVerb(vm, chosen, "autostart", "whether it starts with libvirt; on or off changes it", starting, &autostart)
        ->add_option("on|off", starting->isOn)
        ->check(CLI::IsMember({ "on", "off" }));
    const auto pressing = fresh();
    addPowerVerb(vm, chosen, "send-key", "presses keys together: ctrl alt delete, or ctrl+alt+f2", pressing, &sendKeys)
        ->add_option("KEY", pressing->keys, "their names; a wrong one tells all")
        ->required();
}

} // namespace twinhull
