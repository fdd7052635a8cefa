// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/card.h"

#include "ui/widgets/line_label.h"

#include <QLabel>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kPadding = 12;

} // namespace

Card::Card(const QString& title, QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel(title))
    , m_remark(new LineLabel)
    , m_head(new QHBoxLayout)
    , m_body(new QVBoxLayout)
{
    setProperty("card", true);
    m_title->setProperty("strong", true);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setObjectName(QStringLiteral("cardTitle"));
    m_remark->setProperty("muted", true);
    m_remark->setProperty("small", true);
    m_remark->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_remark->setObjectName(QStringLiteral("cardRemark"));

    m_head->setSpacing(kPadding);
    m_head->addWidget(m_title);
    m_head->addWidget(m_remark, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding - 4, kPadding, kPadding - 4);
    layout->setSpacing(4);
    layout->addLayout(m_head);
    layout->addLayout(m_body, 1);
    setAccessibleName(title);
    m_title->setVisible(!title.isEmpty());
}

void Card::setTitle(const QString& title)
{
    if (title == m_title->text())
        return;
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
    if (m_explain != nullptr)
        m_explain->setFigureName(title);
}

void Card::setRemark(const QString& remark)
{
    m_remark->setLine(remark);
}

void Card::setExplanation(const QString& explanation)
{
    m_title->setToolTip(explanation);
    if (m_explain == nullptr && !explanation.isEmpty())
        addExplainButton();
}

void Card::addExplainButton()
{
    m_explain = new ExplainButton([this] { return explained(); }, this);
    m_explain->setFigureName(title());
    m_head->insertWidget(1, m_explain);
    addExplainAction(*this, std::function<void()>([this] { explain(); }));
}

FigureExplanations Card::explained() const
{
    return { { title(), remark(), m_title->toolTip() } };
}

void Card::explain()
{
    FigurePopover::open(explained(), *this, rect());
}

QString Card::title() const
{
    return m_title->text();
}

QString Card::remark() const
{
    return m_remark->line();
}

} // namespace twinhull
