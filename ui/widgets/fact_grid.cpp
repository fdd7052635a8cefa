// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/fact_grid.h"

#include "ui/widgets/property_style.h"

#include <QGridLayout>
#include <QLabel>

namespace twinhull {

FactGrid::FactGrid(const QString& title, QWidget* parent) : QFrame(parent), m_grid(new QGridLayout(this))
{
    setProperty("card", true);
    setAccessibleName(title);
    m_grid->setContentsMargins(12, 10, 12, 10);
    m_grid->setHorizontalSpacing(16);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(1, 1);
    auto* head = new QLabel(title, this);
    head->setProperty("strong", true);
    m_grid->addWidget(head, 0, 0, 1, 2);
    m_grid->setRowMinimumHeight(0, 22);
}

void FactGrid::addRow()
{
    const int row = static_cast<int>(m_rows.size()) + 1;
    auto* name = new QLabel(this);
    name->setProperty("muted", true);
    name->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* value = new QLabel(this);
    value->setWordWrap(true);
    value->setOpenExternalLinks(true);
    value->setTextInteractionFlags(Qt::TextBrowserInteraction | Qt::TextSelectableByKeyboard);
    value->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_grid->setRowStretch(row, 0);
    m_grid->addWidget(name, row, 0);
    m_grid->addWidget(value, row, 1);
    m_grid->setRowStretch(row + 1, 1);
    m_rows.emplace_back(name, value);
}

void FactGrid::setFacts(const std::vector<std::pair<QString, QString>>& facts)
{
    while (m_rows.size() < facts.size())
        addRow();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        auto [name, value] = m_rows[i];
        name->setVisible(i < facts.size());
        value->setVisible(i < facts.size());
        if (i >= facts.size() || (name->text() == facts[i].first && value->text() == facts[i].second))
            continue;
        const bool isLink = facts[i].second.startsWith(u"<a href=");
        name->setText(facts[i].first);
        value->setTextFormat(isLink ? Qt::RichText : Qt::PlainText);
        value->setText(facts[i].second);
        value->setAccessibleDescription(facts[i].first);
    }
}

} // namespace twinhull
