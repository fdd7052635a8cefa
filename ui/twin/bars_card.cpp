// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/bars_card.h"

#include "ui/theme/theme.h"

#include <QLabel>
#include <QVBoxLayout>

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

QString rowText(const BarRow& row)
{
    QStringList parts{ row.label.toHtmlEscaped() + QLatin1Char(':') };
    for (std::size_t i = 0; i < row.segments.size(); ++i)
        parts << partText(row, i);
    return QStringLiteral("<p style=\"margin:0 0 2px 0\">") + parts.join(QStringLiteral("&nbsp; "))
        + QStringLiteral("</p>");
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
    body()->addWidget(m_bars);
    body()->addWidget(m_legend);
}

void BarsCard::setRows(std::vector<BarRow> rows)
{
    QString legend;
    for (const BarRow& row : rows) {
        if (!row.segments.empty())
            legend += rowText(row);
    }
    m_legend->setVisible(!legend.isEmpty());
    if (legend != m_legend->text())
        m_legend->setText(legend);
    m_bars->setRows(std::move(rows));
}

} // namespace twinhull
