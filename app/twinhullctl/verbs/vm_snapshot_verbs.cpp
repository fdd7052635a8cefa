// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/base/text.h"
#include "core/workload/machine_snapshots.h"

#include <QJsonArray>
#include <QJsonObject>

#include <map>

namespace twinhull {

namespace {

struct SnapshotOptions {
    std::string name; ///< of the VM
    std::string snapshot;
    std::string description;
    bool hasMemory = false;
    bool isDiskOnly = false;
    bool isExternal = false;
    bool isInternal = false;
};

QString placeText(SnapshotPlace place)
{
    return place == SnapshotPlace::Internal ? QStringLiteral("internal") : QStringLiteral("external");
}

QJsonValue orNull(const QString& text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonObject snapshotJson(const MachineSnapshot& one)
{
    return { { QStringLiteral("name"), one.name }, { QStringLiteral("parent"), orNull(one.parent) },
        { QStringLiteral("description"), one.description },
        { QStringLiteral("taken_at"), one.takenAt.toUTC().toString(Qt::ISODate) },
        { QStringLiteral("state"), one.machineState }, { QStringLiteral("place"), placeText(one.place) },
        { QStringLiteral("memory"), one.hasMemory }, { QStringLiteral("current"), one.isCurrent },
        { QStringLiteral("size_bytes"),
            one.sizeBytes ? QJsonValue(static_cast<double>(*one.sizeBytes)) : QJsonValue() },
        { QStringLiteral("revert_refusal"), orNull(one.revertRefusal) },
        { QStringLiteral("delete_refusal"), orNull(one.deleteRefusal) } };
}

/// Children stand below their parents, indented.
void printSnapshots(Program& program, const std::vector<MachineSnapshot>& snapshots)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("TAKEN"), QStringLiteral("KEEPS"), QStringLiteral("WHERE"),
        QStringLiteral("SIZE"), QStringLiteral("DESCRIPTION") });
    for (const auto& one : snapshots)
        array.append(snapshotJson(one));
    const std::function<void(const QString&, int)> addBelow = [&](const QString& parent, int depth) {
        for (const auto& one : snapshots) {
            if (one.parent != parent)
                continue;
            table.add({ QString(2 * depth, u' ') + one.name + (one.isCurrent ? QStringLiteral(" *") : QString()),
                one.takenAt.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
                one.hasMemory ? Program::tr("disks, memory") : Program::tr("disks"), placeText(one.place),
                one.sizeBytes ? QString::fromStdString(formatBytes(*one.sizeBytes)) : QStringLiteral("–"),
                one.description.simplified() });
            addBelow(one.name, depth + 1);
        }
    };
    addBelow({}, 0);
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

void listSnapshots(Program& program, const SnapshotOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto snapshots = std::make_shared<std::vector<MachineSnapshot>>();
    program.run(program.vms()->snapshots().list(*vm, snapshots),
        [&program, snapshots] { printSnapshots(program, *snapshots); });
}

void createSnapshot(Program& program, const SnapshotOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    SnapshotRequest request;
    request.name = QString::fromStdString(options.snapshot);
    request.description = QString::fromStdString(options.description);
    if (options.hasMemory)
        request.content = SnapshotRequest::Content::WithMemory;
    if (options.isDiskOnly)
        request.content = SnapshotRequest::Content::DisksOnly;
    if (options.isExternal || options.isInternal)
        request.place = options.isExternal ? SnapshotPlace::External : SnapshotPlace::Internal;
    const auto name = std::make_shared<QString>();
    program.run(program.vms()->snapshots().create(*vm, request, name), [&program, name] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{ { QStringLiteral("name"), *name } }));
        else
            program.print(*name + u'\n');
        program.finish();
    });
}

/// Runs what `make` makes of one that is there, and ends.
void runOnSnapshot(Program& program, const SnapshotOptions& options,
    const std::function<std::unique_ptr<Job>(MachineSnapshots&, const WorkloadInfo&, const QString&)>& make)
{
    const auto vm = chosenVm(program, options.name);
    if (vm)
        program.run(make(program.vms()->snapshots(), *vm, QString::fromStdString(options.snapshot)),
            [&program] { program.finish(); });
}

void revertSnapshot(Program& program, const SnapshotOptions& options)
{
    runOnSnapshot(program, options, [](MachineSnapshots& snapshots, const WorkloadInfo& vm, const QString& name) {
        return snapshots.revert(vm, name);
    });
}

void deleteSnapshot(Program& program, const SnapshotOptions& options)
{
    runOnSnapshot(program, options, [](MachineSnapshots& snapshots, const WorkloadInfo& vm, const QString& name) {
        return snapshots.remove(vm, name);
    });
}

void describeSnapshot(Program& program, const SnapshotOptions& options)
{
    runOnSnapshot(
        program, options, [&options](MachineSnapshots& snapshots, const WorkloadInfo& vm, const QString& name) {
            return snapshots.describe(vm, name, QString::fromStdString(options.description));
        });
}

CLI::App* addSnapshotVerb(CLI::App& group, ChosenVerb& chosen, const char* name, const char* about,
    const std::shared_ptr<SnapshotOptions>& options, void (*act)(Program&, const SnapshotOptions&))
{
    auto* verb = group.add_subcommand(name, about);
    verb->add_option("NAME", options->name, "the VM's name or UUID")->required();
    onVerb(*verb, chosen, options, Need::Workloads, act);
    return verb;
}

} // namespace

void addVmSnapshotVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    auto* group = vm.add_subcommand("snapshot", "a VM's disks, and its memory, as they were at a moment");
    group->require_subcommand(1);
    group->fallthrough();
    const auto fresh = [] { return std::make_shared<SnapshotOptions>(); };
    addSnapshotVerb(*group, chosen, "list", "as a tree; * came before the present state", fresh(), &listSnapshots);

    const auto creating = fresh();
    auto* create = addSnapshotVerb(*group, chosen, "create",
        "with the memory of a VM that runs; inside its disks where these can, else in files above them", creating,
        &createSnapshot);
    create->add_option("SNAPSHOT", creating->snapshot, "its name (default: the time)");
    create->add_option("--description", creating->description, "what it is for")->type_name("TEXT");
    auto* memory = create->add_flag("--memory", creating->hasMemory, "with its memory, else not at all");
    create->add_flag("--disk-only", creating->isDiskOnly, "without its memory, as after a power cut")->excludes(memory);
    auto* external = create->add_flag("--external", creating->isExternal, "in files above the disks, of any format");
    create->add_flag("--internal", creating->isInternal, "inside the disks, which are qcow2")->excludes(external);

    const auto addNamed = [&](const char* name, const char* about, void (*act)(Program&, const SnapshotOptions&)) {
        const auto options = fresh();
        auto* verb = addSnapshotVerb(*group, chosen, name, about, options, act);
        verb->add_option("SNAPSHOT", options->snapshot, "its name")->required();
        return std::pair(verb, options);
    };
    addNamed("revert", "back to it: what came after it and is in no snapshot is lost", &revertSnapshot);
    addNamed("delete", "takes it away; the present state and all other snapshots stay", &deleteSnapshot);
    const auto [describe, options] = addNamed("describe", "says what it is for", &describeSnapshot);
    describe->add_option("TEXT", options->description, "an empty one takes it away")->required();
}

} // namespace twinhull
