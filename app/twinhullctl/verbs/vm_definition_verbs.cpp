// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "app/twinhullctl/verbs/xml_editing.h"

#include <QJsonObject>

namespace twinhull {

namespace {

struct XmlOptions {
    std::string name;
    bool isLive = false;
    bool isInactive = false;
    bool isEdited = false;
    bool isAgreed = false;
};

struct DefineOptions {
    std::string path;
};

struct VmNameOption {
    std::string name;
};

void withDescription(Program& program, const WorkloadInfo& vm, std::function<void(const HardwareDescription&)> then)
{
    const auto description = std::make_shared<HardwareDescription>();
    program.run(
        program.vms()->hardware().read(vm, description), [description, then = std::move(then)] { then(*description); });
}

void showXml(Program& program, const XmlOptions& options, const HardwareDescription& description)
{
    if (options.isLive && description.runningXml.isEmpty()) {
        program.fail(Error{ ErrorCode::NotFound, options.name + " does not run", 0, "Leave --live out." });
        return;
    }
    const bool isRunning = options.isLive || (!options.isInactive && !description.runningXml.isEmpty());
    const QString xml = QString::fromUtf8(isRunning ? description.runningXml : description.definedXml);
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{ { QStringLiteral("running"), isRunning },
            { QStringLiteral("pending"), description.isPending() },
            { QStringLiteral("earlier_definitions"), description.earlierDefinitions },
            { QStringLiteral("xml"), xml } }));
    else
        program.print(xml);
    program.finish();
}

void editVmXml(Program& program, const HardwareDescription& description, bool isAgreed)
{
    const auto outcome = std::make_shared<HardwareOutcome>();
    const QByteArray before = description.definedXml;
    editXml(program,
        { before, isAgreed, { QStringLiteral("twinhullctl"), QStringLiteral("vm"), QStringLiteral("define") },
            [&program, before, outcome](
                const QByteArray& after) { return program.vms()->hardware().define(after, before, outcome); },
            [&program, outcome] { finishOutcome(program, *outcome); } });
}

void vmXml(Program& program, const XmlOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    withDescription(program, *vm, [&program, options](const HardwareDescription& description) {
        if (options.isEdited)
            editVmXml(program, description, options.isAgreed || program.wantsJson());
        else
            showXml(program, options, description);
    });
}

void vmDefine(Program& program, const DefineOptions& options)
{
    const auto xml = readDefinitionFile(options.path);
    if (!xml) {
        program.fail(xml.error());
        return;
    }
    const auto outcome = std::make_shared<HardwareOutcome>();
    program.run(
        program.vms()->hardware().define(*xml, {}, outcome), [&program, outcome] { finishOutcome(program, *outcome); });
}

void vmUndo(Program& program, const VmNameOption& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto outcome = std::make_shared<HardwareOutcome>();
    program.run(
        program.vms()->hardware().takeBack(*vm, outcome), [&program, outcome] { finishOutcome(program, *outcome); });
}

} // namespace

void addVmDefinitionVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto xml = std::make_shared<XmlOptions>();
    auto* xmlVerb = vm.add_subcommand("xml", "libvirt's XML of a VM, to read or to edit");
    xmlVerb->add_option("NAME", xml->name, "name or UUID")->required();
    auto* live = xmlVerb->add_flag("--live", xml->isLive, "as it runs");
    auto* inactive = xmlVerb->add_flag("--inactive", xml->isInactive, "as it is defined, though it runs");
    xmlVerb->add_flag("--edit", xml->isEdited, "opens the definition in $EDITOR, shows what changed and defines it")
        ->excludes(live);
    xmlVerb->add_flag("--yes", xml->isAgreed, "defines what was edited without asking");
    live->excludes(inactive);
    onVerb(*xmlVerb, chosen, xml, Need::Workloads, &vmXml);

    const auto define = std::make_shared<DefineOptions>();
    auto* defineVerb = vm.add_subcommand("define", "defines a VM, or one anew, after a check against libvirt's schema");
    defineVerb->add_option("FILE", define->path, "domain XML; -: standard input")->required();
    onVerb(*defineVerb, chosen, define, Need::Workloads, &vmDefine);

    const auto undo = std::make_shared<VmNameOption>();
    auto* undoVerb = vm.add_subcommand("undo", "defines a VM as it was before its latest change");
    undoVerb->add_option("NAME", undo->name, "name or UUID")->required();
    onVerb(*undoVerb, chosen, undo, Need::Workloads, &vmUndo);
}

} // namespace twinhull
