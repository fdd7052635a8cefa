// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/time_ruler.h"

#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

namespace twinhull {

namespace {

constexpr int kSteps = 4;
constexpr int kGap = 3;

QString labelAt(int step, std::chrono::seconds span)
{
    if (step == kSteps)
        return QCoreApplication::translate("TimeRuler", "now");
    const bool inMinutes = span > std::chrono::minutes(2);
    const double age = static_cast<double>(span.count()) * (kSteps - step) / kSteps;
    const QString number = QChar(0x2212) + QString::number(inMinutes ? age / 60 : age);
    if (step > 0)
        return number;
    return number + QChar(0x00a0)
        + (inMinutes ? QCoreApplication::translate("TimeRuler", "min") : QCoreApplication::translate("TimeRuler", "s"));
}

} // namespace

int TimeRuler::height()
{
    return static_cast<int>(QFontMetricsF(chartFont()).height()) + kGap;
}

void TimeRuler::setSpan(std::chrono::seconds span)
{
    m_span = span;
    update();
}

void TimeRuler::setPlotArea(const QRectF& area)
{
    prepareGeometryChange();
    m_plotArea = area;
}

QRectF TimeRuler::boundingRect() const
{
    return { m_plotArea.left(), m_plotArea.bottom(), m_plotArea.width(), static_cast<double>(height()) };
}

void TimeRuler::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*)
{
    painter->setFont(chartFont());
    painter->setPen(Theme::current().color(ThemeColor::TextMuted));
    const QFontMetricsF metrics(chartFont());
    for (int step = 0; step <= kSteps; ++step) {
        const QString label = labelAt(step, m_span);
        const double width = metrics.horizontalAdvance(label);
        const double middle = m_plotArea.left() + m_plotArea.width() * step / kSteps;
        const double x = qBound(m_plotArea.left(), middle - width / 2, m_plotArea.right() - width);
        painter->drawText(QPointF(x, m_plotArea.bottom() + kGap + metrics.ascent()), label);
    }
}

} // namespace twinhull
