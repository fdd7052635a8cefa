// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/inspect_pane.h"

#include "ui/details/inspect_tab.h"
#include "ui/twin/bars_card.h"
#include "ui/twin/compare_bars.h"

#include <QMargins>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr QMargins kCardMargins(12, 10, 12, 4); // as the cards of the overview

}

InspectPane::InspectPane(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_startup(new BarsCard(tr("From request to the first instruction")))
    , m_startupRoom(new QVBoxLayout)
    , m_fields(new InspectTab(context))
{
    m_startup->setObjectName(QStringLiteral("inspectStartup"));
    m_startup->setRemark(tr("of the latest start"));
    m_startup->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_startupRoom->addWidget(m_startup);
    column->addLayout(m_startupRoom);
    column->addWidget(m_fields, 1);
    setFocusProxy(m_fields);
}

void InspectPane::present(const WorkloadInfo& info)
{
    const bool hasStart = !info.startupMarks.empty(); // a definition alone is no start
    m_startup->setVisible(hasStart);
    m_startupRoom->setContentsMargins(hasStart ? kCardMargins : QMargins());
    m_startup->setRows({ startupBar(tr("Start-up"), info) });
    m_fields->present(info);
}

} // namespace twinhull
