// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/work_figure_fields.h"

#include "core/twin/work_figure.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>

namespace twinhull {

WorkFigureFields::WorkFigureFields(QWidget* parent)
    : QWidget(parent), m_pattern(new QLineEdit), m_unit(new QLineEdit), m_better(new QComboBox)
{
    m_pattern->setObjectName(QStringLiteral("comparisonPattern"));
    m_pattern->setAccessibleName(tr("Pattern of the figure"));
    m_pattern->setPlaceholderText(QStringLiteral("events per second:\\s*([0-9.]+)"));
    m_pattern->setToolTip(tr("A regular expression. What its first brackets match, where it matches last in what the "
                             "command prints, is the figure. Empty: only the time is measured."));
    m_pattern->setMaxLength(static_cast<int>(kMostPatternCharacters));
    m_unit->setObjectName(QStringLiteral("comparisonUnit"));
    m_unit->setAccessibleName(tr("Unit of the figure"));
    m_unit->setPlaceholderText(tr("Unit: events/s"));
    m_unit->setMaxLength(static_cast<int>(kMostUnitCharacters));
    m_better->setObjectName(QStringLiteral("comparisonBetter"));
    m_better->setAccessibleName(tr("Which way the figure is better"));
    m_better->addItem(tr("Higher is better"), static_cast<int>(Better::Higher));
    m_better->addItem(tr("Lower is better"), static_cast<int>(Better::Lower));
    m_better->addItem(tr("Neither is better"), static_cast<int>(Better::NotTold));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addWidget(m_pattern, 0, 0, 1, 2);
    grid->addWidget(m_unit, 1, 0);
    grid->addWidget(m_better, 1, 1);
    for (const QLineEdit* edit : { m_pattern, m_unit })
        connect(edit, &QLineEdit::textChanged, this, &WorkFigureFields::changed);
    setFocusProxy(m_pattern);
}

std::optional<WorkScale> WorkFigureFields::scale() const
{
    if (m_pattern->text().isEmpty())
        return std::nullopt;
    return WorkScale{ m_unit->text().trimmed(), static_cast<Better>(m_better->currentData().toInt()),
        m_pattern->text() };
}

void WorkFigureFields::clear()
{
    m_pattern->clear();
    m_unit->clear();
    m_better->setCurrentIndex(0);
}

} // namespace twinhull
