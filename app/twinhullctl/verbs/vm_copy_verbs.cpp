// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/base/files.h"
#include "core/workload/machine_copies.h"

#include <QJsonObject>

namespace twinhull {

namespace {

struct VmCopyOptions {
    std::string name;
    std::string other; ///< the new name, or the file of a picture
    bool isLinked = false;
};

void renameVm(Program& program, const VmCopyOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (vm)
        program.run(program.vms()->copies().rename(*vm, QString::fromStdString(options.other)),
            [&program] { program.finish(); });
}

void cloneVmAs(Program& program, const VmCopyOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const CloneRequest request{ QString::fromStdString(options.other),
        options.isLinked ? CloneRequest::Disks::Linked : CloneRequest::Disks::Full };
    program.run(program.vms()->copies().clone(*vm, request), [&program, name = options.other] {
        const auto made = chosenVm(program, name);
        if (!made)
            return;
        if (program.wantsJson())
            program.print(QJsonValue(
                QJsonObject{ { QStringLiteral("id"), made->id.key }, { QStringLiteral("name"), made->name } }));
        else
            program.print(made->id.key + u'\n');
        program.finish();
    });
}

void photographVm(Program& program, const VmCopyOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto png = std::make_shared<QByteArray>();
    program.run(program.vms()->copies().screenshot(*vm, png), [&program, png, path = options.other] {
        if (auto written = writeFileAtomically(path, png->toStdString(), 0644); !written)
            return program.fail(written.error());
        program.finish();
    });
}

CLI::App* addVmCopyVerb(CLI::App& vm, ChosenVerb& chosen, const char* name, const char* about,
    const std::shared_ptr<VmCopyOptions>& options, void (*act)(Program&, const VmCopyOptions&))
{
    auto* verb = vm.add_subcommand(name, about);
    verb->add_option("NAME", options->name, "name or UUID")->required();
    onVerb(*verb, chosen, options, Need::Workloads, act);
    return verb;
}

} // namespace

void addVmCopyVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto fresh = [] { return std::make_shared<VmCopyOptions>(); };
    const auto renaming = fresh();
    addVmCopyVerb(vm, chosen, "rename", "another name, while it is off", renaming, &renameVm)
        ->add_option("NEW", renaming->other, "its new name")
        ->required();
    const auto cloning = fresh();
    auto* clone
        = addVmCopyVerb(vm, chosen, "clone", "another VM like it, with copies of its disks", cloning, &cloneVmAs);
    clone->add_option("NEW", cloning->other, "the other's name")->required();
    clone->add_flag("--linked", cloning->isLinked, "layers above its disks: at once and small, but on these");
    const auto photographing = fresh();
    addVmCopyVerb(vm, chosen, "screenshot", "what its first screen shows", photographing, &photographVm)
        ->add_option("FILE", photographing->other, "a PNG")
        ->required();
}

} // namespace twinhull
