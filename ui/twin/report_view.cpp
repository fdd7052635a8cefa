// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_view.h"

#include "core/twin/report_pair.h"
#include "core/twin/verdict.h"
#include "ui/twin/bars_card.h"
#include "ui/twin/compare_bars.h"
#include "ui/twin/figure_table_card.h"
#include "ui/widgets/fact_grid.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kReportGap = 10;
constexpr int kReportMargin = 12;
constexpr int kReportWidth = 1100; ///< lines of text that are longer are hard to read

QLabel* makeText(const char* objectName)
{
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(objectName));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText); // reports may be strangers'
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

ReportView::ReportView(QWidget* parent) : QScrollArea(parent), m_sections(new QVBoxLayout)
{
    setObjectName(QStringLiteral("reportView"));
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* ground = new QWidget;
    ground->setProperty("ground", true);
    ground->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QWidget;
    column->setMaximumWidth(kReportWidth);
    column->setLayout(m_sections);
    m_sections->setContentsMargins(kReportMargin, kReportMargin, kReportMargin, kReportMargin);
    m_sections->setSpacing(kReportGap);
    m_sections->addWidget(makeHeader());
    auto* middle = new QHBoxLayout(ground);
    middle->setContentsMargins(0, 0, 0, 0);
    middle->addStretch(1);
    middle->addWidget(column, kReportWidth);
    middle->addStretch(1);
    setWidget(ground);
}

QPushButton* ReportView::addButton(const QString& text, const char* objectName, void (ReportView::*signal)())
{
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(objectName));
    connect(button, &QPushButton::clicked, this, signal);
    return button;
}

QWidget* ReportView::makeHeader()
{
    auto* card = new QFrame;
    card->setProperty("card", true);
    m_title = makeText("reportTitle");
    m_title->setProperty("strong", true);
    m_about = makeText("reportAbout");
    m_about->setProperty("muted", true);
    auto* texts = new QVBoxLayout;
    texts->addWidget(m_title);
    texts->addWidget(m_about);
    m_swap = addButton(tr("Swap"), "reportSwap", &ReportView::swapRequested);
    m_swap->setToolTip(tr("What was before becomes after."));
    auto* line = new QHBoxLayout(card);
    line->setContentsMargins(kReportMargin, kReportMargin, kReportMargin, kReportMargin);
    line->setSpacing(kReportGap);
    line->addLayout(texts, 1);
    for (QPushButton* button :
        { m_swap, addButton(tr("Lay beside\u2026"), "reportBeside", &ReportView::besideRequested),
            addButton(tr("Close report"), "reportClose", &ReportView::closeRequested) })
        line->addWidget(button, 0, Qt::AlignTop);
    return card;
}

void ReportView::begin(const QString& title, const QStringList& lines, bool isPair)
{
    m_title->setText(title);
    m_about->setText(lines.join(u'\n'));
    m_swap->setVisible(isPair);
    if (m_body != nullptr) {
        m_body->hide();
        m_body->deleteLater();
    }
    m_body = new QWidget;
    auto* layout = new QVBoxLayout(m_body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kReportGap);
    m_sections->addWidget(m_body, 1);
}

void ReportView::addText(const QString& title, const QStringList& sentences, const char* objectName)
{
    auto* card = new Card(title);
    auto* text = makeText(objectName);
    text->setText(sentences.join(u'\n'));
    text->setAccessibleName(title + u'\n' + text->text()); // a name alone would hide the text from a screen reader
    card->body()->addWidget(text);
    m_body->layout()->addWidget(card);
}

void ReportView::finish()
{
    static_cast<QVBoxLayout*>(m_body->layout())->addStretch(1);
    ensureVisible(0, 0);
}

void ReportView::showReport(const QString& name, const Comparison& comparison)
{
    begin(name, { tr("Work: %1").arg(comparison.work), tr("Caches: %1").arg(comparison.caches) }, false);
    addText(tr("What this shows"), verdictSentences(comparison), "reportVerdict");
    auto* startup = new BarsCard(tr("From request to the first instruction"));
    startup->setRemark(tr("one clock, one scale; the run nearest to the median"));
    startup->setRows(startupBars(comparison));
    auto* figures = new FigureTableCard(tr("Figures"));
    figures->setTable(comparisonFigures(comparison));
    auto* computer = new FactGrid(tr("The computer at the beginning of the run"));
    std::vector<Fact> facts;
    for (const auto& fact : comparison.machine.facts)
        facts.push_back({ fact.title, fact.value.isEmpty() ? fact.needs : fact.value });
    computer->setFacts(facts);
    for (QWidget* section : std::initializer_list<QWidget*>{ startup, figures, computer })
        m_body->layout()->addWidget(section);
    finish();
}

void ReportView::showPair(const ReportPair& pair)
{
    begin(pair.heading(), { tr("Before: %1").arg(pair.firstName()), tr("After: %1").arg(pair.secondName()) }, true);
    const QStringList conditions = pair.otherConditions();
    addText(tr("What else was different, and may explain what follows"),
        conditions.isEmpty() ? QStringList{ pair.noOtherConditions() } : conditions, "reportConditions");
    if (const QStringList doubts = pair.doubts(); !doubts.isEmpty())
        addText(tr("Doubtful"), doubts, "reportDoubts");
    for (const ReportPair::Half half : { &Comparison::container, &Comparison::vm }) {
        auto* figures = new FigureTableCard(pair.titleOf(half));
        figures->setTable(pairFigures(pair, half));
        m_body->layout()->addWidget(figures);
        addText(tr("What this shows of the side \u201c%1\u201d").arg(pair.titleOf(half)), pair.verdict(half),
            "reportVerdict");
    }
    finish();
}

} // namespace twinhull
