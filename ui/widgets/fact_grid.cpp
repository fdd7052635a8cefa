// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/fact_grid.h"

#include "ui/widgets/property_style.h"

#include <QGridLayout>
#include <QLabel>

namespace twinhull {

FactGrid::FactGrid(const QString& title, FactColumns columns, QWidget* parent)
    : QFrame(parent), m_grid(new QGridLayout(this)), m_columns(static_cast<int>(columns))
{
    setProperty("card", true);
    setAccessibleName(title);
    m_grid->setContentsMargins(12, 10, 12, 10);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(4);
    auto* head = new QLabel(title, this);
    head->setProperty("strong", true);
    m_grid->addWidget(head, 0, 0, 1, 2 * m_columns);
    m_grid->setRowMinimumHeight(0, 22);
    for (int column = 0; column < m_columns; ++column)
        m_grid->setColumnStretch(2 * column + 1, 1);
}

void FactGrid::addFact()
{
    auto* name = new QLabel(this);
    name->setProperty("muted", true);
    name->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* value = new QLabel(this);
    value->setWordWrap(true);
    value->setOpenExternalLinks(true);
    value->setTextInteractionFlags(Qt::TextBrowserInteraction | Qt::TextSelectableByKeyboard);
    value->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_facts.emplace_back(name, value);
}

void FactGrid::place(std::size_t count)
{
    if (count == m_shown)
        return;
    m_shown = count;
    m_grid->setRowStretch(m_rows + 1, 0);
    m_rows = (static_cast<int>(count) + m_columns - 1) / m_columns;
    m_grid->setRowStretch(m_rows + 1, 1); // below them all
    for (std::size_t i = 0; i < m_facts.size(); ++i) {
        const auto [name, value] = m_facts[i];
        m_grid->removeWidget(name);
        m_grid->removeWidget(value);
        name->setVisible(i < count);
        value->setVisible(i < count);
        if (i >= count)
            continue;
        const int at = static_cast<int>(i);
        m_grid->addWidget(name, 1 + at % m_rows, 2 * (at / m_rows));
        m_grid->addWidget(value, 1 + at % m_rows, 2 * (at / m_rows) + 1);
    }
}

void FactGrid::setFacts(const std::vector<Fact>& facts)
{
    while (m_facts.size() < facts.size())
        addFact();
    place(facts.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto [name, value] = m_facts[i];
        const Fact& fact = facts[i];
        for (QLabel* label : { name, value })
            label->setToolTip(fact.explanation);
        if (name->text() == fact.name && value->text() == fact.value)
            continue;
        const bool isLink = fact.value.startsWith(u"<a href=");
        name->setText(fact.name);
        value->setTextFormat(isLink ? Qt::RichText : Qt::PlainText);
        value->setText(fact.value);
        value->setAccessibleDescription(fact.name);
    }
}

} // namespace twinhull
