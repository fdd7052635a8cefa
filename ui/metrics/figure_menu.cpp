// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/figure_menu.h"

#include "core/metrics/metric_catalogue.h"
#include "ui/metrics/units.h"

#include <QMenu>

#include <algorithm>

namespace twinhull {

FigureMenu::FigureMenu(std::span<const Quantity> first, const QString& name, QWidget* parent) : QToolButton(parent)
{
    setText(tr("Figures \u25be"));
    setObjectName(name);
    setAccessibleName(tr("Figures on plots"));
    setToolTip(tr("Which figures are drawn"));
    setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    for (const Quantity quantity : first)
        add(*menu, quantity);
    addGroups(*menu, first);
    setMenu(menu);
    setPopupMode(QToolButton::InstantPopup);
}

void FigureMenu::addGroups(QMenu& menu, std::span<const Quantity> first)
{
    for (const MetricGroup group : { MetricGroup::Cpu, MetricGroup::Waiting, MetricGroup::Memory, MetricGroup::Disk,
             MetricGroup::Network, MetricGroup::Guest }) {
        if (group == MetricGroup::Cpu || group == MetricGroup::Guest)
            menu.addSeparator();
        QMenu* part = menu.addMenu(group == MetricGroup::Guest ? titleOf(group) : tr("Host: %1").arg(titleOf(group)));
        part->setToolTipsVisible(true);
        for (const MetricRow& row : metricCatalogue()) {
            const bool isAbove = std::any_of(first.begin(), first.end(), [&row](Quantity quantity) {
                return quantity.form() == Quantity::Form::Sum && quantity.metrics().size() == 1
                    && quantity.metrics().front() == row.metric;
            });
            if (groupOf(row.metric) == group && !isAbove)
                add(*part, row.metric);
        }
    }
}

void FigureMenu::add(QMenu& menu, Quantity quantity)
{
    QAction* action = menu.addAction(titleOf(quantity));
    action->setCheckable(true);
    action->setToolTip(explanationOf(quantity));
    m_actions.emplace_back(action, quantity);
    connect(action, &QAction::triggered, this,
        [this, quantity](bool isShown) { Q_EMIT quantityToggled(quantity, isShown); });
}

void FigureMenu::setShown(std::span<const Quantity> shown)
{
    for (const auto& [action, quantity] : m_actions) {
        const bool isShown = std::find(shown.begin(), shown.end(), quantity) != shown.end();
        action->setChecked(isShown);
        action->setEnabled(!isShown || shown.size() > 1);
    }
}

} // namespace twinhull
