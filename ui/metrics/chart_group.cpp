// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_group.h"

#include "core/metrics/event_trail.h"
#include "ui/metrics/chart_saving.h"

#include <algorithm>

namespace twinhull {

ChartGroup::ChartGroup(AppContext& context, SeriesSource& source, Wording wording, QWidget* page)
    : QObject(page), m_context(context), m_source(source), m_wording(std::move(wording)), m_page(page)
{
    if (context.events == nullptr)
        return;
    connect(context.events, &EventTrail::happened, this, &ChartGroup::mark);
    connect(context.events, &EventTrail::restored, this, &ChartGroup::mark);
}

ChartCard* ChartGroup::add(Quantity quantity)
{
    auto* card = new ChartCard(m_source, quantity);
    m_cards.push_back(card);
    connect(card, &ChartCard::exportRequested, this,
        [this, card](ChartFormat format) { saveCharts(m_page, m_context.jobs, { card }, format); });
    connect(card, &ChartCard::cursorMoved, this, [this](std::optional<double> share) {
        for (ChartCard* each : m_cards)
            each->setCursor(share);
    });
    return card;
}

void ChartGroup::remove(Quantity quantity)
{
    const auto found = std::find_if(
        m_cards.begin(), m_cards.end(), [quantity](const ChartCard* card) { return card->quantity() == quantity; });
    if (found == m_cards.end())
        return;
    (*found)->hide();
    (*found)->deleteLater(); // it may be the one that is at work
    m_cards.erase(found);
}

void ChartGroup::setMarked(std::vector<WorkloadId> ids)
{
    m_marked = std::move(ids);
    mark();
}

void ChartGroup::mark()
{
    if (m_context.events == nullptr)
        return;
    std::vector<ChartEvent> events;
    for (const WorkloadEvent& event : m_context.events->events(m_marked))
        events.push_back({ event.monotonicNanoseconds, m_wording(event) });
    for (ChartCard* card : m_cards)
        card->setEvents(events);
}

} // namespace twinhull
