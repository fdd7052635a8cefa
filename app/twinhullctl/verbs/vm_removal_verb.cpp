// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/base/text.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace twinhull {

namespace {

struct RemovalOptions {
    std::string name;
    std::vector<std::string> disks; ///< "vda", or paths
    bool isDryRun = false;
};

QString sizeOf(const MachineDisk& disk)
{
    return disk.capacityBytes ? QString::fromStdString(formatBytes(*disk.capacityBytes))
                              : Program::tr("size not known");
}

/// "vda /srv/web.qcow2 (20 GiB; used by db too): stays".
QString lineOf(const MachineDisk& disk, bool isDeleted)
{
    QString facts = sizeOf(disk);
    if (!disk.otherUsers.isEmpty())
        facts += Program::tr("; used by %1 too").arg(disk.otherUsers.join(QStringLiteral(", ")));
    QString fate = isDeleted ? Program::tr("is deleted") : Program::tr("stays");
    if (!isDeleted && !disk.keptBecause.isEmpty() && disk.otherUsers.isEmpty())
        fate += QStringLiteral(" (%1)").arg(disk.keptBecause);
    return QStringLiteral("%1 %2 (%3): %4").arg(disk.target, disk.path, facts, fate);
}

QJsonObject jsonOf(const MachineDisk& disk, bool isDeleted)
{
    const auto orNull = [](const std::optional<std::uint64_t>& bytes) {
        return bytes ? QJsonValue(static_cast<double>(*bytes)) : QJsonValue();
    };
    return { { QStringLiteral("disk"), disk.target }, { QStringLiteral("path"), disk.path },
        { QStringLiteral("pool"), disk.pool }, { QStringLiteral("volume"), disk.volume },
        { QStringLiteral("capacity_bytes"), orNull(disk.capacityBytes) },
        { QStringLiteral("allocated_bytes"), orNull(disk.allocatedBytes) },
        { QStringLiteral("used_by"), QJsonArray::fromStringList(disk.otherUsers) },
        { QStringLiteral("kept_because"), disk.keptBecause }, { QStringLiteral("deleted"), isDeleted } };
}

/// What was typed as a path of those that there are; one that is none is left to be refused.
QStringList pathsOf(const RemovalOptions& options, const std::vector<MachineDisk>& disks)
{
    QStringList paths;
    for (const std::string& word : options.disks) {
        const QString typed = QString::fromStdString(word);
        const auto found = std::find_if(
            disks.begin(), disks.end(), [&typed](const MachineDisk& disk) { return disk.target == typed; });
        paths << (found != disks.end() ? found->path : typed); // what it is based on has its name too, and comes later
    }
    return paths;
}

void tell(Program& program, const std::vector<MachineDisk>& disks, const QStringList& paths, bool isRemoved)
{
    QJsonArray array;
    for (const MachineDisk& disk : disks) {
        const bool isDeleted = paths.contains(disk.path);
        array.append(jsonOf(disk, isDeleted));
        if (!program.wantsJson())
            program.print(lineOf(disk, isDeleted) + u'\n');
    }
    if (!program.wantsJson() && !isRemoved && !disks.empty())
        program.print(Program::tr("Only VMs of this connection were asked whether they use them.\n"));
    if (program.wantsJson())
        program.print(
            QJsonValue(QJsonObject{ { QStringLiteral("removed"), isRemoved }, { QStringLiteral("disks"), array } }));
    program.finish();
}

void removeVmAndDisks(Program& program, const RemovalOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto disks = std::make_shared<std::vector<MachineDisk>>();
    program.run(program.vms()->removal().readDisks({ vm->id }, disks), [&program, options, id = vm->id, disks] {
        const QStringList paths = pathsOf(options, *disks);
        if (const auto checked = disksToDelete(*disks, paths); options.isDryRun && !checked)
            return program.fail(checked.error());
        if (options.isDryRun)
            return tell(program, *disks, paths, false);
        program.run(program.vms()->removal().removeWithDisks(id, paths),
            [&program, disks, paths] { tell(program, *disks, paths, true); });
    });
}

} // namespace

void addVmRemovalVerb(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<RemovalOptions>();
    auto* verb = vm.add_subcommand(
        "delete", "stops a VM by force and deletes it; tells which disks lie outside its own folder, and leaves them");
    verb->add_option("NAME", options->name, "name or UUID")->required();
    verb->add_option("--with-disk", options->disks,
            "delete this disk as well, where no other VM of this connection uses it; again for more")
        ->type_name("DISK|PATH");
    verb->add_flag("--dry-run", options->isDryRun, "only tell; nothing is deleted");
    onVerb(*verb, chosen, options, Need::Workloads, &removeVmAndDisks);
}

} // namespace twinhull
