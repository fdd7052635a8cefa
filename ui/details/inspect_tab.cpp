// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/inspect_tab.h"

#include "ui/details/inspect_rows.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>

namespace twinhull {

InspectTab::InspectTab(QWidget* parent) : QTableWidget(0, 2, parent)
{
    setObjectName(QStringLiteral("inspectTable"));
    setAccessibleName(tr("All fields"));
    setHorizontalHeaderLabels({ tr("Field"), tr("Value") });
    horizontalHeader()->hide();
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(26);
    horizontalHeader()->setStretchLastSection(true);
    setColumnWidth(0, 168);
    setShowGrid(false);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setProperty("figures", true);
}

void InspectTab::present(const WorkloadInfo& info)
{
    const auto rows = inspectRows(info);
    setRowCount(static_cast<int>(rows.size()));
    for (int row = 0; row < rowCount(); ++row) {
        const auto& [name, value] = rows[static_cast<std::size_t>(row)];
        if (!item(row, 0)) {
            setItem(row, 0, new QTableWidgetItem);
            setItem(row, 1, new QTableWidgetItem);
        }
        item(row, 0)->setText(name);
        item(row, 0)->setForeground(Theme::current().color(ThemeColor::TextMuted));
        item(row, 1)->setText(value);
        item(row, 1)->setToolTip(value);
    }
}

void InspectTab::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy) && currentRow() >= 0)
        QGuiApplication::clipboard()->setText(item(currentRow(), 1)->text());
    else
        QTableWidget::keyPressEvent(event);
}

} // namespace twinhull
