// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/fact_grid.h"

#include "ui/widgets/property_style.h"

#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>

#include <algorithm>

namespace twinhull {

FactGrid::FactGrid(const QString& title, FactColumns columns, QWidget* parent)
    : QFrame(parent)
    , m_grid(new QGridLayout(this))
    , m_columns(static_cast<int>(columns))
    , m_explain(new ExplainButton([this] { return explanationsOf(0, m_current.size()); }, this))
{
    setProperty("card", true);
    setAccessibleName(title);
    m_grid->setContentsMargins(12, 10, 12, 10);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(4);
    auto* head = new QLabel(title, this);
    head->setProperty("strong", true);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(head);
    line->addWidget(m_explain);
    line->addStretch(1);
    m_explain->setFigureName(title);
    m_explain->hide();
    m_grid->addLayout(line, 0, 0, 1, 2 * m_columns);
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
    name->installEventFilter(this);
    addMenuOf(*value, m_facts.size());
    m_facts.emplace_back(name, value);
}

void FactGrid::addMenuOf(QLabel& value, std::size_t number)
{
    auto* explain = addExplainAction(value, AskFigures([this, number] { return explanationsOf(number, number + 1); }));
    explain->setShortcutContext(Qt::WidgetShortcut);
    auto* copy = new QAction(tr("Copy"), &value);
    connect(copy, &QAction::triggered, &value, [&value] {
        QGuiApplication::clipboard()->setText(value.hasSelectedText() ? value.selectedText() : value.text());
    });
    value.addAction(copy);
}

FigureExplanations FactGrid::explanationsOf(std::size_t first, std::size_t end) const
{
    FigureExplanations told;
    for (std::size_t i = first; i < std::min(end, m_current.size()); ++i) {
        if (!m_current[i].explanation.isEmpty())
            told.push_back({ m_current[i].name, m_current[i].value, m_current[i].explanation });
    }
    return told;
}

bool FactGrid::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::MouseButtonRelease)
        return QFrame::eventFilter(watched, event);
    const auto found
        = std::find_if(m_facts.begin(), m_facts.end(), [watched](const auto& fact) { return fact.first == watched; });
    if (found != m_facts.end()) {
        const auto number = static_cast<std::size_t>(found - m_facts.begin());
        FigurePopover::open(explanationsOf(number, number + 1), *found->first, found->first->rect());
    }
    return QFrame::eventFilter(watched, event);
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
    for (std::size_t i = 0; i < facts.size(); ++i)
        writeFact(i, facts[i]);
    m_current = facts;
    const bool isExplained
        = std::any_of(facts.begin(), facts.end(), [](const Fact& fact) { return !fact.explanation.isEmpty(); });
    m_explain->setVisible(isExplained);
}

void FactGrid::writeFact(std::size_t number, const Fact& fact)
{
    const auto [name, value] = m_facts[number];
    for (QLabel* label : { name, value })
        label->setToolTip(fact.explanation);
    const bool isExplained = !fact.explanation.isEmpty();
    name->setCursor(isExplained ? Qt::PointingHandCursor : Qt::ArrowCursor);
    value->setContextMenuPolicy(isExplained ? Qt::ActionsContextMenu : Qt::DefaultContextMenu);
    if (name->text() == fact.name && value->text() == fact.value)
        return;
    const bool isLink = fact.value.startsWith(u"<a href=");
    name->setText(fact.name);
    value->setTextFormat(isLink ? Qt::RichText : Qt::PlainText);
    value->setText(fact.value);
    value->setAccessibleDescription(fact.name);
}

} // namespace twinhull
