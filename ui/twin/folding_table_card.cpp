// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/folding_table_card.h"

#include "core/settings/settings.h"

#include <QTableView>

#include <array>

namespace twinhull {

namespace {

/// As they are kept.
struct GroupName {
    MetricGroup group;
    QLatin1String name;
};

constexpr std::array kGroupNames{ GroupName{ MetricGroup::Cpu, QLatin1String("cpu") },
    GroupName{ MetricGroup::Waiting, QLatin1String("waiting") },
    GroupName{ MetricGroup::Memory, QLatin1String("memory") }, GroupName{ MetricGroup::Disk, QLatin1String("disk") },
    GroupName{ MetricGroup::Network, QLatin1String("network") },
    GroupName{ MetricGroup::Guest, QLatin1String("guest") } };

} // namespace

FoldingTableCard::FoldingTableCard(const QString& name, Settings& settings, QWidget* parent)
    : FigureTableCard(name, parent), m_settings(settings)
{
    const QStringList kept = settings.value(setting::kCompareOpenFigures);
    for (const GroupName& each : kGroupNames) {
        if (kept.contains(each.name))
            m_open.insert(each.group);
    }
    view().setAccessibleDescription(tr(
        "Enter on a title opens what belongs to a figure, on a figure it tells what it is; Shift+F1 tells it of any."));
}

void FoldingTableCard::setFigures(FigureTable table)
{
    m_all = std::move(table);
    refresh();
}

void FoldingTableCard::choose(const QModelIndex& index)
{
    if (!index.isValid())
        return;
    const auto group = m_shown.heads.at(static_cast<std::size_t>(index.row()));
    if (!group || index.column() > 0)
        return explain(index);
    const int row = index.row(); // the rows above it stay
    if (m_open.erase(*group) == 0)
        m_open.insert(*group);
    keepOpen();
    refresh();
    view().setCurrentIndex(view().model()->index(row, 0));
}

void FoldingTableCard::refresh()
{
    m_shown = folded(m_all, m_open);
    setTable(m_shown.table);
}

void FoldingTableCard::keepOpen()
{
    QStringList kept;
    for (const GroupName& each : kGroupNames) {
        if (m_open.count(each.group) > 0)
            kept << each.name;
    }
    m_settings.setValue(setting::kCompareOpenFigures, kept);
}

} // namespace twinhull
