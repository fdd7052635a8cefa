// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "app/twinhullctl/workload_text.h"

#include <QFileInfo>
#include <QJsonObject>

namespace twinhull {

namespace {

struct PowerOptions {
    std::string name;
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

/// Of one VM or many, at once.
struct SwitchOptions {
    std::vector<std::string> names;
    bool isDiscarded = false; ///< of save
    std::string file; ///< of save: into that
    bool isForced = false; ///< of restore: whatever was written to the disks
};

void switchAll(Program& program, const SwitchOptions& options,
    const std::function<std::unique_ptr<Job>(const WorkloadInfo&)>& make)
{
    if (const auto available = program.vms()->availability(); !available) {
        program.fail(available.error());
        return;
    }
    const auto vms = chosenWorkloads(program, options.names, "vm");
    if (!vms)
        return;
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& vm : *vms)
        jobs.push_back(make(vm));
    program.runAll(std::move(jobs), [&program, before = *vms] { finishChange(program, before); });
}

void reboot(Program& program, const SwitchOptions& options)
{
    switchAll(program, options, [&program](const WorkloadInfo& vm) { return program.vms()->power().reboot(vm.id); });
}

void reset(Program& program, const SwitchOptions& options)
{
    switchAll(program, options, [&program](const WorkloadInfo& vm) { return program.vms()->power().reset(vm.id); });
}

void save(Program& program, const SwitchOptions& options)
{
    if (!options.file.empty() && (options.names.size() != 1 || options.isDiscarded))
        return program.fail({ ErrorCode::InvalidArgument, "a file is of one VM", 0, "Name one, with --to FILE" });
    const QString file
        = options.file.empty() ? QString() : QFileInfo(QString::fromStdString(options.file)).absoluteFilePath();
    switchAll(program, options, [&program, &options, file](const WorkloadInfo& vm) {
        MachinePower& power = program.vms()->power();
        if (!file.isEmpty())
            return power.saveTo(vm.id, file);
        return options.isDiscarded ? power.discardSaved(vm.id) : power.save(vm.id);
    });
}

/// The one file that was named, where no VM bears that name; empty: VMs were named.
QString savedFile(Program& program, const SwitchOptions& options)
{
    if (options.names.size() != 1)
        return {};
    const QString word = QString::fromStdString(options.names.front());
    const auto vm = findOne(program.registry(), word, WorkloadKind::Vm);
    const QFileInfo file(word);
    return !vm && (word.contains(u'/') || file.isFile()) ? file.absoluteFilePath() : QString();
}

void restore(Program& program, const SwitchOptions& options)
{
    if (const auto available = program.vms()->availability(); !available)
        return program.fail(available.error());
    if (const QString file = savedFile(program, options); !file.isEmpty()) {
        const auto disks = options.isForced ? SavedDisks::AsTheyAre : SavedDisks::Unchanged;
        return program.run(program.vms()->power().restoreFrom({}, file, disks), [&program] { program.finish(); });
    }
    switchAll(program, options, [&program](const WorkloadInfo& vm) { return program.vms()->start(vm.id); });
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

CLI::App* addSwitchVerb(CLI::App& vm, ChosenVerb& chosen, const char* name, const char* about,
    const std::shared_ptr<SwitchOptions>& options, void (*act)(Program&, const SwitchOptions&))
{
    auto* verb = vm.add_subcommand(name, about);
    verb->add_option("NAME", options->names, "names or UUIDs, one or many")->required();
    onVerb(*verb, chosen, options, Need::Workloads, act);
    return verb;
}

} // namespace

void addVmPowerVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto fresh = [] { return std::make_shared<PowerOptions>(); };
    const auto some = [] { return std::make_shared<SwitchOptions>(); };
    addSwitchVerb(vm, chosen, "reboot", "asks the system inside to start again", some(), &reboot);
    addSwitchVerb(vm, chosen, "reset", "as the button on the case: what was not written is lost", some(), &reset);
    const auto saving = some();
    auto* saveVerb = addSwitchVerb(vm, chosen, "save",
        "writes its memory to disk and switches it off; it goes on there when started", saving, &save);
    saveVerb->add_flag("--discard", saving->isDiscarded, "throw away what was saved");
    saveVerb->add_option("--to", saving->file, "into a new file of your own, for vm restore FILE")->type_name("FILE");
    const auto restoring = some();
    addSwitchVerb(vm, chosen, "restore", "goes on where save left it (as start does), or from a file of save --to",
        restoring, &restore)
        ->add_flag("--force", restoring->isForced, "from a file, although a disk was written since");
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
