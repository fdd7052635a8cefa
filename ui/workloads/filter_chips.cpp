// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/filter_chips.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

namespace twinhull {

FilterChips::FilterChips(QLineEdit& filter, QWidget* parent) : QWidget(parent), m_filter(filter)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    add(tr("Running"), QStringLiteral("state:running"), QStringLiteral("chipRunning"));
    add(tr("Containers"), QStringLiteral("kind:container"), QStringLiteral("chipContainers"));
    add(tr("VMs"), QStringLiteral("kind:vm"), QStringLiteral("chipVms"));
    connect(&filter, &QLineEdit::textChanged, this, &FilterChips::follow);
}

void FilterChips::add(const QString& title, const QString& word, const QString& name)
{
    auto* button = new QToolButton(this);
    button->setText(title);
    button->setObjectName(name);
    button->setAccessibleName(tr("Show only: %1").arg(title));
    button->setToolTip(tr("Writes %1 into the filter").arg(word));
    button->setProperty("filterChip", true);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    layout()->addWidget(button);
    m_chips.push_back({ button, word });
    connect(button, &QToolButton::clicked, this, [this, word](bool isWanted) { write(word, isWanted); });
}

void FilterChips::write(const QString& word, bool isWanted)
{
    QStringList words = m_filter.text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    words.removeAll(word);
    if (isWanted)
        words.prepend(word);
    m_filter.setText(words.join(QLatin1Char(' ')));
}

void FilterChips::follow(const QString& text)
{
    const QStringList words = text.toCaseFolded().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const Chip& chip : m_chips)
        chip.button->setChecked(words.contains(chip.word));
}

} // namespace twinhull
