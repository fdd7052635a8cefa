// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/machine_options.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/text.h"
#include "core/vms/making/os_catalog.h"

#include <QJsonArray>

namespace twinhull {

namespace {

struct NoOptions { };

std::optional<WorkloadInfo> newVm(Program& program, const QString& name)
{
    for (auto& vm : program.vms()->workloads()) {
        if (vm.name == name)
            return vm;
    }
    return std::nullopt;
}

void showNewVm(Program& program, const MachineAdvice& advice)
{
    if (const auto vm = newVm(program, advice.machine.plan.name); vm && program.wantsJson()) {
        QJsonObject told = toJson(*vm);
        told[QStringLiteral("reasons")] = QJsonArray::fromStringList(advice.reasons);
        told[QStringLiteral("warnings")] = QJsonArray::fromStringList(advice.warnings);
        program.print(QJsonValue(told));
    } else if (vm) {
        program.print(vm->id.key + u'\n');
    }
    program.finish();
}

void describeIt(Program& program, const MachineAdvice& advice)
{
    const auto xml = std::make_shared<QByteArray>();
    program.run(program.vms()->making().describe(advice.machine, xml), [&program, xml, advice] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{ { QStringLiteral("xml"), QString::fromUtf8(*xml) },
                { QStringLiteral("reasons"), QJsonArray::fromStringList(advice.reasons) },
                { QStringLiteral("warnings"), QJsonArray::fromStringList(advice.warnings) } }));
        else
            program.print(QString::fromUtf8(*xml) + u'\n');
        program.finish();
    });
}

void makeIt(Program& program, const MachineAdvice& advice, bool isStarted)
{
    program.run(program.vms()->making().make(advice.machine), [&program, advice, isStarted] {
        const auto vm = newVm(program, advice.machine.plan.name);
        if (!isStarted || !vm)
            return showNewVm(program, advice);
        program.run(program.vms()->start(vm->id), [&program, advice] { showNewVm(program, advice); });
    });
}

/// The sentences go to standard error; with a dry run only the definition is told.
void adviseAndMake(Program& program, const Result<MachineImport>& asked, const NewMachineOptions& options)
{
    if (!asked)
        return program.fail(asked.error());
    if (auto available = program.vms()->availability(); !available)
        return program.fail(available.error());
    const auto advice = std::make_shared<MachineAdvice>();
    program.run(program.vms()->making().advise(*asked, QString::fromStdString(options.system), advice),
        [&program, advice, isStarted = options.isStarted, isDryRun = options.isDryRun] {
            for (const QString& sentence : advice->reasons + advice->warnings)
                program.note(sentence);
            if (!advice->system)
                program.note(QStringLiteral("Choose its system with --os ID; twinhullctl vm systems lists them"));
            if (isDryRun)
                describeIt(program, *advice);
            else
                makeIt(program, *advice, isStarted);
        });
}

void importIt(Program& program, const ImportOptions& options)
{
    adviseAndMake(program, importFrom(options), options);
}

void installIt(Program& program, const InstallOptions& options)
{
    adviseAndMake(program, installFrom(options), options);
}

QJsonObject needsJson(const OsNeeds& needs)
{
    const auto orNull = [](double value) { return value > 0 ? QJsonValue(value) : QJsonValue(); };
    return { { QStringLiteral("memory_bytes"), orNull(static_cast<double>(needs.memoryBytes)) },
        { QStringLiteral("disk_bytes"), orNull(static_cast<double>(needs.diskBytes)) },
        { QStringLiteral("cpus"), orNull(needs.cpus) } };
}

void listThem(Program& program, const NoOptions&)
{
    const auto all = std::make_shared<std::vector<KnownOs>>();
    program.run(listSystemsJob(all), [&program, all] {
        QJsonArray array;
        TextTable table(
            { QStringLiteral("ID"), QStringLiteral("NAME"), QStringLiteral("MEMORY"), QStringLiteral("DISK") });
        const auto text = [](std::uint64_t bytes) {
            return bytes == 0 ? QStringLiteral("-") : QString::fromStdString(formatBytes(bytes));
        };
        for (const KnownOs& os : *all) {
            array.append(QJsonObject{ { QStringLiteral("id"), os.id }, { QStringLiteral("name"), os.name },
                { QStringLiteral("minimum"), needsJson(os.minimum) },
                { QStringLiteral("recommended"), needsJson(os.recommended) } });
            table.add({ os.id, os.name, text(os.recommended.memoryBytes), text(os.recommended.diskBytes) });
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(table.toText());
        program.finish();
    });
}

} // namespace

void addVmCreationVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto imported = std::make_shared<ImportOptions>();
    auto* importVerb = vm.add_subcommand("import", "a VM of a disk or an appliance (OVA, OVF)");
    importVerb->footer(
        "The disk is copied to qcow2 in the VM's own folder, unless --in-place. A disk that names other files "
        "(a backing file, a data file, extents) is refused: its guest would get them. "
        "Of an appliance all disks are copied, as its description says; its manifest is checked, and what a VM of ours "
        "does not have is named.");
    addImportOptions(*importVerb, *imported);
    onVerb(*importVerb, chosen, imported, Need::Workloads, &importIt);
    const auto install = std::make_shared<InstallOptions>();
    auto* installVerb = vm.add_subcommand("create", "a VM with a new disk that starts from an installation medium");
    installVerb->footer("What is left out is chosen by the system on the medium, as osinfo-db knows it, with the "
                        "reasons on standard error. With --location the kernel and initrd of an installer are "
                        "fetched, and the first start runs them: of Debian give .../dists/NAME, of Fedora and others "
                        "the folder with .treeinfo. When the installer reboots, the VM is off; the next start is from "
                        "its disk.");
    addInstallOptions(*installVerb, *install);
    onVerb(*installVerb, chosen, install, Need::Workloads, &installIt);
    onVerb(*vm.add_subcommand("systems", "the operating systems that are known, and what they recommend"), chosen,
        std::make_shared<NoOptions>(), Need::Images, &listThem);
}

} // namespace twinhull
