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
    const QString names = facts->ownNamespaces.join(QStringLiteral(", "));
    column.push_back(cell(names.isEmpty() ? tr("none") : tr("%1 of 7").arg(facts->ownNamespaces.size())));
    column.back().reason = names;
    column.push_back(cell(tr("%1 of %2").arg(facts->capabilities).arg(facts->knownCapabilities)));
    column.push_back(cell(facts->seccomp == IsolationFacts::Seccomp::Off ? tr("all") : tr("filtered")));
    column.push_back(cell(facts->hasNoNewPrivileges ? tr("impossible") : tr("possible")));
    return column;
}

} // namespace

FigureTable isolationTable(std::span<const ComparedWorkload> workloads)
{
    FigureTable table{ tr("Isolation"), columnTitles(workloads), {}, false };
    const FigureTable::Row kRows[] = {
        { tr("Kernel"), tr("A container shares the host's kernel, a VM brings one."), {}, {} },
        { tr("Namespaces"), tr("Of its own, of the process on this computer; for a VM, of QEMU."), {}, {} },
        { tr("Capabilities"), tr("Of the process on this computer; for a VM, of QEMU."), {}, {} },
        { tr("System calls"), tr("That the process may make on this computer's kernel; for a VM, QEMU."), {}, {} },
        { tr("New privileges"), tr("Whether a program it starts can gain privileges (set-user-ID)."), {}, {} },
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
