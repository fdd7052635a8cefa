// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/plot_bar.h"

#include "ui/metrics/figure_menu.h"
#include "ui/metrics/time_bar.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

#include <array>

namespace twinhull {

namespace {

constexpr int kButtonGap = 8;
constexpr std::array<Quantity, 4> kTogether{ Quantity::Cpu, Quantity::Memory, Quantity::Network, Quantity::Disk };

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
    : QWidget(parent)
    , m_source(source)
    , m_mode(makePlotButton({}, "compareMode"))
    , m_figures(new FigureMenu(kTogether, QStringLiteral("compareFigures"), this))
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
    connect(&m_source, &SeriesSource::changed, this, &PlotBar::enableModes);
    layout->addWidget(m_figures);
    connect(m_figures, &FigureMenu::quantityToggled, this, &PlotBar::quantityToggled);
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

void PlotBar::setQuantities(std::span<const Quantity> shown)
{
    m_figures->setShown(shown);
}

} // namespace twinhull
