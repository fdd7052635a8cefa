// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/plot_bar.h"

#include "core/metrics/metric_catalogue.h"
#include "ui/metrics/time_bar.h"
#include "ui/metrics/units.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kButtonGap = 8;

QToolButton* makePlotButton(const QString& text, const char* objectName)
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setObjectName(QLatin1String(objectName));
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

PlotBar::PlotBar(SeriesSource& source, const WorkloadRegistry& workloads, QWidget* parent)
    : QWidget(parent), m_source(source), m_mode(makePlotButton({}, "compareMode"))
{
    m_mode->setMenu(makeModeMenu());
    setMode(ChartMode::Difference);
    m_mode->setPopupMode(QToolButton::InstantPopup);
    m_mode->setToolTip(tr("How the workloads stand to one another on each plot"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kButtonGap);
    layout->addWidget(new TimeBar(source, workloads));
    layout->addStretch(1);
    layout->addWidget(m_mode);
    layout->addWidget(makeFigures());
    connect(&m_source, &SeriesSource::changed, this, &PlotBar::enableModes);
}

/// The menu is made anew only for others: it may be open.
void PlotBar::setBaselines(const std::vector<ChartedWorkload>& workloads, const WorkloadId& chosen)
{
    QMenu* menu = m_mode->menu();
    if (workloads != m_baselines || m_baselineGroup == nullptr) {
        m_baselines = workloads;
        delete m_baselineGroup; // with its actions
        m_baselineGroup = new QActionGroup(menu);
        QAction* heading = m_baselineGroup->addAction(tr("Compared with"));
        heading->setSeparator(true);
        for (const ChartedWorkload& workload : workloads) {
            QAction* action = m_baselineGroup->addAction(workload.label);
            action->setCheckable(true);
            action->setData(QVariant::fromValue(workload.id));
            connect(action, &QAction::triggered, this, [this, id = workload.id] { Q_EMIT baselineChosen(id); });
        }
        menu->addActions(m_baselineGroup->actions());
    }
    for (QAction* action : m_baselineGroup->actions()) {
        action->setVisible(workloads.size() > 1);
        action->setChecked(action->isCheckable() && action->data().value<WorkloadId>() == chosen);
    }
    enableModes();
}

void PlotBar::enableModes()
{
    const bool canCompare = m_baselines.size() > 1 || m_source.overlay() != Overlay::None;
    for (const auto& [action, mode] : m_modes)
        action->setEnabled(canCompare || (mode != ChartMode::Difference && mode != ChartMode::Ratio));
}

QMenu* PlotBar::makeModeMenu()
{
    auto* menu = new QMenu(m_mode);
    auto* group = new QActionGroup(menu);
    const std::pair<QString, ChartMode> modes[]
        = { { tr("Each"), ChartMode::Each }, { tr("Stacked"), ChartMode::Stacked },
              { tr("Difference"), ChartMode::Difference }, { tr("Ratio"), ChartMode::Ratio } };
    for (const auto& [text, mode] : modes) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        group->addAction(action);
        m_modes.emplace_back(action, mode);
        connect(action, &QAction::triggered, this, [this, chosen = mode] {
            setMode(chosen);
            Q_EMIT modeChosen(chosen);
        });
    }
    return menu;
}

void PlotBar::setMode(ChartMode mode)
{
    for (const auto& [action, each] : m_modes) {
        if (each != mode)
            continue;
        action->setChecked(true);
        m_mode->setText(action->text() + QStringLiteral(" \u25be"));
        m_mode->setAccessibleName(tr("Plots: %1").arg(action->text()));
    }
}

QToolButton* PlotBar::makeFigures()
{
    auto* button = makePlotButton(tr("Figures \u25be"), "compareFigures");
    button->setAccessibleName(tr("Figures on plots"));
    auto* menu = new QMenu(button);
    const auto add = [this, menu](Quantity quantity) {
        QAction* action = menu->addAction(titleOf(quantity));
        action->setCheckable(true);
        action->setToolTip(explanationOf(quantity));
        m_quantities.emplace_back(action, quantity);
        connect(action, &QAction::triggered, this,
            [this, quantity](bool isShown) { Q_EMIT quantityToggled(quantity, isShown); });
    };
    for (const Quantity quantity : { Quantity::Cpu, Quantity::Memory, Quantity::Network, Quantity::Disk })
        add(quantity);
    menu->addSeparator();
    for (const MetricRow& row : metricCatalogue()) {
        if (row.metric != Metric::CpuCores && row.metric != Metric::ResidentBytes) // the first two above
            add(row.metric);
    }
    menu->setToolTipsVisible(true);
    button->setMenu(menu);
    button->setPopupMode(QToolButton::InstantPopup);
    return button;
}

void PlotBar::setQuantities(std::span<const Quantity> shown)
{
    for (const auto& [action, quantity] : m_quantities) {
        const bool isShown = std::find(shown.begin(), shown.end(), quantity) != shown.end();
        action->setChecked(isShown);
        action->setEnabled(!isShown || shown.size() > 1); // a page of no plots says nothing
    }
}

} // namespace twinhull
