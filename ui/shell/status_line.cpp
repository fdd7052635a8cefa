// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.h"

#include "core/metrics/metric_catalogue.h"
#include "core/metrics/metric_rings.h"
#include "core/metrics/pace_text.h"
#include "ui/shell/host_notices.h"
#include "ui/shell/notice_popover.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figure_explanation.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/property_style.h"
#include "ui/widgets/tabular_label.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>

namespace twinhull {

namespace {

constexpr int kHeight = 28;

QString decimal(double value)
{
    return QLocale().toString(value, 'f', 1);
}

QString textOf(const Reading<double>& reading, QString (*text)(double))
{
    return reading ? text(*reading) : noFigureText();
}

/// What an absent one needs, then what it is.
QString toolTipOf(const HostPoint& host, HostMetric metric)
{
    const QString needs = sentenceFor(host[metric].needs());
    return (needs.isEmpty() ? QString() : needs + u'\n') + explanationOf(about(metric));
}

QString gibibytesText(double bytes, int decimals)
{
    constexpr double kGiB = 1024.0 * 1024 * 1024;
    return QLocale().toString(bytes / kGiB, 'f', decimals);
}

} // namespace

StatusLine::StatusLine(AppContext& context, QWidget* parent) : QWidget(parent), m_context(context)
{
    setObjectName(QStringLiteral("statusLine"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(kHeight);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(22);
    m_cpu = addLabel(QStringLiteral("hostCpu"), tr("CPU of this computer"));
    m_memory = addLabel(QStringLiteral("hostMemory"), tr("Memory of this computer"));
    m_pressure = addLabel(QStringLiteral("hostPressure"), tr("CPU pressure of this computer"));
    m_explainHost = addExplainButton({ { m_cpu, HostMetric::CpuShare }, { m_memory, HostMetric::MemoryUsedBytes },
        { m_memory, HostMetric::MemoryTotalBytes }, { m_pressure, HostMetric::CpuPressure } });
    m_explainHost->setFigureName(tr("said of this computer"));
    layout->addStretch();
    m_pace = addLabel(QStringLiteral("pace"), tr("How often Twinhull reads the figures"));
    m_pace->setMinimumWidth(1); // it is to make no window wider
    m_own = addLabel(QStringLiteral("ownCost"), tr("Cost of Twinhull itself"));
    m_explainOwn = addExplainButton({ { m_own, HostMetric::OwnCpuCores }, { m_own, HostMetric::OwnPssBytes } });
    m_explainOwn->setFigureName(tr("said of Twinhull's own cost"));
    m_notices = new QPushButton(this);
    m_notices->setObjectName(QStringLiteral("notices"));
    m_notices->setProperty("link", true);
    m_notices->setProperty("small", true);
    m_notices->setProperty("warning", true);
    m_notices->setCursor(Qt::PointingHandCursor);
    layout->addWidget(m_notices);
    connect(m_notices, &QPushButton::clicked, this, &StatusLine::explain);
    connect(&context.rings, &MetricRings::ticked, this, &StatusLine::showFigures);
    connect(&context.workloads, &WorkloadRegistry::availabilityChanged, this, &StatusLine::showNotices);
    showFigures();
    showNotices();
}

TabularLabel* StatusLine::addLabel(const QString& name, const QString& accessibleName)
{
    auto* label = new TabularLabel({}, this);
    label->setObjectName(name);
    label->setAccessibleDescription(accessibleName);
    label->setProperty("muted", true);
    label->setProperty("small", true);
    layout()->addWidget(label);
    return label;
}

/// Of figures and the labels that show them.
ExplainButton* StatusLine::addExplainButton(std::vector<std::pair<TabularLabel*, HostMetric>> figures)
{
    auto* button = new ExplainButton(
        [this, figures = std::move(figures)] {
            FigureExplanations told;
            for (const auto& [label, metric] : figures)
                told.push_back({ titleOf(about(metric)), label->text(), toolTipOf(m_context.rings.host(), metric) });
            return told;
        },
        this);
    layout()->addWidget(button);
    return button;
}

void StatusLine::showFigures()
{
    if (window()->isMinimized())
        return;
    showPace();
    const bool isRead = m_context.rings.lastTickNanoseconds() > 0;
    for (QWidget* widget :
        std::initializer_list<QWidget*>{ m_cpu, m_memory, m_pressure, m_explainHost, m_own, m_explainOwn })
        widget->setVisible(isRead);
    if (!isRead)
        return;
    const HostPoint& host = m_context.rings.host();
    m_cpu->setText(tr("This computer: CPU %1").arg(textOf(host[HostMetric::CpuShare], [](double share) {
        return QLocale().toString(share * 100, 'f', 0) + QStringLiteral(" %");
    })));
    m_memory->setText(
        tr("memory %1 of %2 GiB")
            .arg(textOf(host[HostMetric::MemoryUsedBytes], [](double bytes) { return gibibytesText(bytes, 1); }),
                textOf(host[HostMetric::MemoryTotalBytes], [](double bytes) { return gibibytesText(bytes, 0); })));
    m_pressure->setText(tr("pressure %1").arg(textOf(host[HostMetric::CpuPressure], &decimal)));
    const auto& pss = host[HostMetric::OwnPssBytes];
    const QString memory = pss ? fineByteCountText(*pss)
                               : tr("at least %1").arg(textOf(host[HostMetric::OwnAnonymousBytes], &fineByteCountText));
    m_own->setText(tr("Twinhull itself: %1 CPU, %2").arg(textOf(host[HostMetric::OwnCpuCores], &fineCpuText), memory));
    explainFigures(host);
}

void StatusLine::showPace()
{
    const MetricRings& rings = m_context.rings;
    const QString title = paceTitle(rings.pace(), rings.intervalMilliseconds());
    m_pace->setVisible(!title.isEmpty());
    m_pace->setText(title);
    m_pace->setAccessibleName(title);
    const QString why = paceExplanation(rings.pace());
    m_pace->setToolTip(why.isEmpty() ? why : title + u'\n' + why);
}

void StatusLine::explainFigures(const HostPoint& host)
{
    m_cpu->setToolTip(toolTipOf(host, HostMetric::CpuShare));
    m_memory->setToolTip(toolTipOf(host, HostMetric::MemoryUsedBytes));
    m_pressure->setToolTip(toolTipOf(host, HostMetric::CpuPressure));
    m_own->setToolTip(
        toolTipOf(host, HostMetric::OwnCpuCores) + QStringLiteral("\n\n") + toolTipOf(host, HostMetric::OwnPssBytes));
}

void StatusLine::showNotices()
{
    const auto notices = hostNotices(m_context.workloads);
    m_notices->setVisible(!notices.empty());
    if (notices.empty())
        return;
    const auto more = static_cast<int>(notices.size()) - 1;
    const QString title = notices.front().title;
    m_notices->setText(QStringLiteral("● ") + (more > 0 ? tr("%1 (and %n more)", nullptr, more).arg(title) : title));
    m_notices->setAccessibleName(title);
    m_notices->setToolTip(tr("What this means and what can be done"));
}

void StatusLine::explain()
{
    auto* popover = new NoticePopover(hostNotices(m_context.workloads), this);
    popover->showAbove(*m_notices);
}

} // namespace twinhull
