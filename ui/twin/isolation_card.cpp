// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/isolation_card.h"

#include "ui/twin/isolation_table.h"

#include <QLabel>
#include <QTableView>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

constexpr int kSideBySide = 2; ///< more are told one below the other

QString written(const QString& text)
{
    return text.toHtmlEscaped(); // much of it is what a guest says
}

/// What is told of a row: a title and a line of the report.
struct Aspect {
    const char* title;
    QString (*of)(const std::vector<IsolationRow>& rows, std::size_t row);
};

const std::array kAspects{
    Aspect{ QT_TRANSLATE_NOOP("twinhull::IsolationCard", "From inside"),
        [](const std::vector<IsolationRow>& rows, std::size_t row) { return rows[row].inside; } },
    Aspect{ QT_TRANSLATE_NOOP("twinhull::IsolationCard", "On this computer"),
        [](const std::vector<IsolationRow>& rows, std::size_t row) { return rows[row].outside; } },
    Aspect{ QT_TRANSLATE_NOOP("twinhull::IsolationCard", "To break out"),
        [](const std::vector<IsolationRow>& rows, std::size_t) { return rows.back().outside; } },
};

} // namespace

IsolationCard::IsolationCard(QWidget* parent) : FigureTableCard(tr("Isolation"), parent), m_details(new QLabel)
{
    m_details->setObjectName(QStringLiteral("isolationDetails"));
    m_details->setTextFormat(Qt::RichText);
    m_details->setWordWrap(true);
    m_details->setContentsMargins(8, 4, 8, 4);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    addBelow(m_details);
    m_details->hide();
    view().setAccessibleDescription(tr("Enter opens a row: what is seen from both sides and what a breakout would have "
                                       "to pass stands below the table."));
}

void IsolationCard::setWorkloads(
    std::span<const ComparedWorkload> workloads, const std::map<WorkloadId, IsolationViews>& known)
{
    m_plain = isolationTable(workloads, known);
    m_sides.clear();
    for (std::size_t i = 0; i < workloads.size(); ++i) {
        Side side{ m_plain.columns.value(static_cast<int>(i)), {} };
        if (const auto views = known.find(workloads[i].info.id); views != known.end())
            side.rows = isolationReport(workloads[i].info, views->second);
        m_sides.push_back(std::move(side));
    }
    refresh();
}

void IsolationCard::choose(const QModelIndex& index)
{
    if (!index.isValid())
        return;
    const auto row = static_cast<std::size_t>(index.row());
    m_open = m_open == row ? std::nullopt : std::optional(row);
    refresh();
}

void IsolationCard::refresh()
{
    if (m_open && *m_open >= m_plain.rows.size())
        m_open.reset();
    FigureTable table = m_plain;
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        table.rows[row].details = m_open == row ? FigureTable::Details::Shown : FigureTable::Details::Hidden;
    setTable(std::move(table));
    m_details->setVisible(m_open.has_value());
    if (!m_open)
        return;
    const QString text = detailsOf(*m_open);
    if (text == m_details->text()) // what is selected stays so
        return;
    m_details->setText(text);
    m_details->setAccessibleName(spokenDetails(*m_open));
}

/// A column a workload where they fit side by side, else one below the other.
QString IsolationCard::detailsOf(std::size_t row) const
{
    const auto& titled = m_plain.rows[row];
    QString html = QStringLiteral("<p style=\"margin:0 0 4px 0\"><b>%1</b><br>%2</p>")
                       .arg(written(titled.title), written(titled.explanation));
    const bool isBreakout = row + 1 == m_plain.rows.size(); // whose outside is the third
    const auto count = kAspects.size() - (isBreakout ? 1 : 0);
    const auto textOf = [row](const Side& side, const Aspect& aspect) {
        return written(side.rows.empty() ? tr("Being read.") : aspect.of(side.rows, row));
    };
    if (m_sides.size() > kSideBySide) {
        for (const Side& side : m_sides) {
            html += QStringLiteral("<p style=\"margin:6px 0 0 0\"><b>%1</b>").arg(written(side.title));
            for (std::size_t i = 0; i < count; ++i)
                html += QStringLiteral("<br><i>%1:</i> %2").arg(tr(kAspects[i].title), textOf(side, kAspects[i]));
            html += QStringLiteral("</p>");
        }
        return html;
    }
    html += QStringLiteral("<table width=\"100%\" cellpadding=\"3\"><tr><td></td>");
    for (const Side& side : m_sides)
        html += QStringLiteral("<td width=\"40%\"><b>%1</b></td>").arg(written(side.title));
    for (std::size_t i = 0; i < count; ++i) {
        html += QStringLiteral("</tr><tr><td><i>%1</i></td>").arg(tr(kAspects[i].title));
        for (const Side& side : m_sides)
            html += QStringLiteral("<td>%1</td>").arg(textOf(side, kAspects[i]));
    }
    return html + QStringLiteral("</tr></table>");
}

QString IsolationCard::spokenDetails(std::size_t row) const
{
    QStringList texts{ m_plain.rows[row].title, m_plain.rows[row].explanation };
    for (const Side& side : m_sides) {
        for (const Aspect& aspect : kAspects)
            texts << tr("%1, %2: %3")
                         .arg(side.title, tr(aspect.title),
                             side.rows.empty() ? tr("Being read.") : aspect.of(side.rows, row));
    }
    return texts.join(QStringLiteral(". "));
}

} // namespace twinhull
