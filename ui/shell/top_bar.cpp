// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/top_bar.h"

#include "ui/jobs/jobs_button.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>

namespace twinhull {

namespace {

constexpr int kHeight = 48;

} // namespace

TopBar::TopBar(JobQueue& jobs, QWidget* parent)
    : QWidget(parent), m_bars(new QStackedWidget(this)), m_title(new QLabel(this))
{
    setObjectName(QStringLiteral("topBar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(kHeight);
    m_title->setProperty("strong", true);
    m_bars->addWidget(m_title);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(12);
    layout->addWidget(m_bars, 1);
    layout->addWidget(new JobsButton(jobs, this));
}

void TopBar::present(const QString& title, QWidget* bar)
{
    if (bar && m_bars->indexOf(bar) < 0)
        m_bars->addWidget(bar);
    m_title->setText(title);
    m_bars->setCurrentWidget(bar ? bar : m_title);
}

} // namespace twinhull
