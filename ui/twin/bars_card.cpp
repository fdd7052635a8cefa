// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/bars_card.h"

#include "ui/theme/theme.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

/// As `color` looks on a card where it is see-through.
QColor onCard(const QColor& color)
{
    const QColor card = Theme::current().color(ThemeColor::Surface);
    const auto mixed
        = [share = color.alphaF()](float above, float below) { return above * share + below * (1 - share); };
    return QColor::fromRgbF(
        mixed(color.redF(), card.redF()), mixed(color.greenF(), card.greenF()), mixed(color.blueF(), card.blueF()));
}

/// Breaks between parts only.
QString partText(const BarRow& row, std::size_t segment)
{
    QString text = row.segments[segment].explanation.toHtmlEscaped();
    text.replace(QLatin1Char(' '), QChar(QChar::Nbsp));
    return QStringLiteral("<span style=\"color:%1\">■</span>")
               .arg(onCard(StackedBars::shade(row.color, segment)).name())
        + QChar(QChar::Nbsp) + text;
}

QString partsText(const BarRow& row)
{
    QStringList parts;
    for (std::size_t i = 0; i < row.segments.size(); ++i) {
        if (row.segments[i].value > 0)
            parts << partText(row, i);
    }
    return parts.join(QStringLiteral("&nbsp; "));
}

/// Each row's parts in a line of their own; of rows whose colours do not tell them apart by their labels as well.
QString legendText(const std::vector<BarRow>& rows)
{
    QString text;
    for (const BarRow& row : rows) {
        if (row.segments.size() < 2) // said behind the bar
            continue;
        const bool isAlone = std::count_if(rows.begin(), rows.end(), [&row](const BarRow& each) {
            return each.color == row.color;
        }) == 1;
        const QString label = isAlone ? QString() : row.label.toHtmlEscaped() + QStringLiteral(":&nbsp; ");
        text += QStringLiteral("<p style=\"margin:0 0 1px 0\">%1%2</p>").arg(label, partsText(row));
    }
    return text;
}

} // namespace

BarsCard::BarsCard(const QString& title, QWidget* parent)
    : Card(title, parent), m_bars(new StackedBars), m_legend(new QLabel)
{
    m_bars->setAccessibleName(title);
    m_legend->setObjectName(QStringLiteral("barsLegend"));
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setWordWrap(true);
    m_legend->setProperty("muted", true);
    m_legend->setProperty("small", true);
    m_legend->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    body()->setSpacing(2);
    body()->addWidget(m_bars);
    body()->addWidget(m_legend);
}

void BarsCard::setRows(std::vector<BarRow> rows)
{
    const QString legend = legendText(rows);
    m_legend->setVisible(!legend.isEmpty());
    if (legend != m_legend->text())
        m_legend->setText(legend);
    m_bars->setRows(std::move(rows));
}

} // namespace twinhull
