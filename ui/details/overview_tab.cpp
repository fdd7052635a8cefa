// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/overview_tab.h"

#include "core/metrics/metric_rings.h"
#include "ui/details/overview_facts.h"
#include "ui/details/screen_thumbnail.h"
#include "ui/widgets/fact_grid.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace twinhull {

OverviewTab::OverviewTab(AppContext& context, QWidget* parent)
    : QScrollArea(parent)
    , m_context(context)
    , m_reason(new QLabel(this))
    , m_screen(new ScreenThumbnail(context, this))
    , m_figures(new FactGrid(tr("What it costs now"), FactColumns::One, this))
    , m_parts(new FactGrid(tr("Where it goes"), FactColumns::Two, this))
    , m_guest(new FactGrid(tr("Guest view"), FactColumns::One, this))
    , m_place(new FactGrid(tr("What it is"), FactColumns::One, this))
    , m_startup(new FactGrid(tr("From request to the first instruction"), FactColumns::Two, this))
{
    setObjectName(QStringLiteral("overviewTab"));
    setAccessibleName(tr("Overview"));
    setWidgetResizable(true);
    auto* content = new QWidget(this);
    content->setProperty("ground", true);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(8);
    m_reason->setWordWrap(true);
    m_reason->setProperty("warning", true);
    m_reason->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column->addWidget(m_reason);
    auto* cards = new QHBoxLayout;
    cards->setSpacing(10);
    cards->addWidget(m_screen, 0, Qt::AlignTop);
    cards->addWidget(m_figures, 3);
    auto* place = new QVBoxLayout;
    place->setSpacing(cards->spacing());
    place->addWidget(m_place, 1);
    place->addWidget(m_guest);
    cards->addLayout(place, 3);
    cards->addWidget(m_startup, 4);
    column->addLayout(cards);
    column->addWidget(m_parts);
    column->addStretch();
    m_figures->setObjectName(QStringLiteral("overviewFigures"));
    m_parts->setObjectName(QStringLiteral("overviewParts"));
    m_guest->setObjectName(QStringLiteral("overviewGuest"));
    setWidget(content);
    connect(&context.rings, &MetricRings::ticked, this, [this] {
        if (isVisible() && !m_info.id.key.isEmpty())
            showFigures();
    });
}

void OverviewTab::present(const WorkloadInfo& info)
{
    m_info = info;
    m_reason->setText(info.stateReason);
    m_reason->setVisible(!info.stateReason.isEmpty());
    showFigures();
    m_place->setFacts(placeFacts(info));
    m_startup->setFacts(startupFacts(info));
    m_screen->present(info);
}

void OverviewTab::showFigures()
{
    m_figures->setFacts(costFacts(m_info, m_context.rings));
    const Facts parts = partFacts(m_info, m_context.rings);
    m_parts->setFacts(parts);
    m_parts->setVisible(!parts.empty());
    const Facts guest = guestFacts(m_info, m_context.rings);
    m_guest->setFacts(guest);
    m_guest->setVisible(!guest.empty());
}

void OverviewTab::showEvent(QShowEvent* event)
{
    QScrollArea::showEvent(event);
    m_screen->setSeen(true);
}

void OverviewTab::hideEvent(QHideEvent* event)
{
    QScrollArea::hideEvent(event);
    m_screen->setSeen(false);
}

} // namespace twinhull
