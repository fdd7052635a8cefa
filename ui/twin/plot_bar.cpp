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

PlotBar::PlotBar(SeriesSource& source, QWidget* parent)
    : QWidget(parent)
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
    layout->addWidget(new TimeBar(source));
    layout->addStretch(1);
    layout->addWidget(m_mode);
    layout->addWidget(m_figures);
    connect(m_figures, &FigureMenu::quantityToggled, this, &PlotBar::quantityToggled);
}

void PlotBar::setWorkloadCount(std::size_t count)
{
    for (const auto& [action, mode] : m_modes) {
        const bool isOfTwo = mode == ChartMode::Difference || mode == ChartMode::Ratio;
        action->setEnabled(!isOfTwo || count == 2);
    }
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
