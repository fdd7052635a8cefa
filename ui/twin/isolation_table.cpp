// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/isolation_table.h"

#include <QCoreApplication>
#include <QSysInfo>

#include <optional>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("IsolationTable", text);
}

FigureCell cell(const QString& text)
{
    return { text, {}, FigureCell::Validity::Valid };
}

QString capabilityText(int count)
{
    return count == 0 ? tr("the effective set is empty: it runs as an ordinary user")
                      : tr("rights of root in its effective set, within its own user namespace");
}

/// One column: kernel, namespaces, capabilities, system calls, new privileges.
std::vector<FigureCell> columnOf(const ComparedWorkload& workload)
{
    const bool isVm = workload.info.id.kind == WorkloadKind::Vm;
    std::vector<FigureCell> column{ cell(
        isVm ? tr("its own") : tr("shared, %1").arg(QSysInfo::kernelVersion().section(u'-', 0, 0))) };
    const auto facts = workload.info.footprint.isEmpty()
        ? Result<IsolationFacts>(Error{ ErrorCode::NotFound, tr("It does not run.").toStdString(), 0, {} })
        : readIsolationFacts(workload.info.footprint.rootPids.front());
    if (!facts) {
        const QString reason = QString::fromStdString(facts.error().message);
        column.resize(5, { {}, reason, FigureCell::Validity::Valid });
        return column;
    }
    const auto add = [&column, isVm](const QString& text, const QString& explanation) {
        const QString subject = isVm ? tr("QEMU, the process on this computer that runs the guest: ") : QString();
        column.push_back(
            { isVm ? tr("QEMU: %1").arg(text) : text, subject + explanation, FigureCell::Validity::Valid });
    };
    const QString names = facts->ownNamespaces.join(QStringLiteral(", "));
    add(names.isEmpty() ? tr("none") : tr("%1 of 7").arg(facts->ownNamespaces.size()),
        names.isEmpty() ? tr("shares all namespaces of this program") : names);
    add(tr("%1 of %2").arg(facts->capabilities).arg(facts->knownCapabilities), capabilityText(facts->capabilities));
    add(facts->seccomp == IsolationFacts::Seccomp::Off ? tr("all") : tr("filtered"),
        facts->seccomp == IsolationFacts::Seccomp::Off ? tr("no seccomp filter")
                                                       : tr("a seccomp filter stands before it"));
    add(facts->hasNoNewPrivileges ? tr("impossible") : tr("possible"),
        tr("whether a set-user-ID program gives it more rights"));
    return column;
}

} // namespace

FigureTable isolationTable(std::span<const ComparedWorkload> workloads)
{
    FigureTable table{ tr("Isolation"), columnTitles(workloads), {}, false };
    const FigureTable::Row kRows[] = {
        { tr("Kernel"), tr("A container shares the host's kernel, a VM brings one."), {}, {} },
        { tr("Namespaces"), tr("Of its own, on this computer. For a VM: of QEMU, which a guest meets that breaks out."),
            {}, {} },
        { tr("Capabilities"),
            tr("The effective set of the process on this computer: 0 for an ordinary user. For a VM: of QEMU."), {},
            {} },
        { tr("System calls"), tr("That the process may make on this computer's kernel. For a VM: QEMU."), {}, {} },
        { tr("New privileges"), tr("Whether a program it starts can gain privileges (set-user-ID). For a VM: QEMU."),
            {}, {} },
    };
    table.rows.assign(std::begin(kRows), std::end(kRows));
    for (const ComparedWorkload& workload : workloads) {
        const auto column = columnOf(workload);
        for (std::size_t row = 0; row < table.rows.size(); ++row)
            table.rows[row].cells.push_back(column[row]);
    }
    return table;
}

} // namespace twinhull
