// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/isolation_table.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("IsolationTable", text);
}

FigureCell cellOf(const IsolationRow& row, bool isKnown)
{
    if (!isKnown)
        return { {}, tr("Being read."), FigureCell::Validity::Valid };
    return { row.summary, tr("From inside: %1\nOn this computer: %2").arg(row.inside, row.outside),
        FigureCell::Validity::Valid };
}

} // namespace

FigureTable isolationTable(
    std::span<const ComparedWorkload> workloads, const std::map<WorkloadId, IsolationViews>& known)
{
    FigureTable table{ tr("Isolation"), columnTitles(workloads), {}, false };
    for (const ComparedWorkload& workload : workloads) {
        const auto views = known.find(workload.info.id);
        const bool isKnown = views != known.end();
        const auto rows = isolationReport(workload.info, isKnown ? views->second : IsolationViews{});
        table.rows.resize(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            table.rows[i].title = rows[i].title;
            table.rows[i].explanation = rows[i].explanation + u'\n' + tr("Source: %1.").arg(rows[i].source);
            table.rows[i].cells.push_back(cellOf(rows[i], isKnown));
        }
    }
    return table;
}

} // namespace twinhull
