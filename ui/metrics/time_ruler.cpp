// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/time_ruler.h"

#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFontMetricsF>
#include <QPainter>

namespace twinhull {

namespace {

constexpr int kSteps = 4;
constexpr int kGap = 3;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

QString labelAt(int step, std::chrono::nanoseconds length)
{
    if (step == kSteps)
        return QCoreApplication::translate("TimeRuler", "now");
    const bool inMinutes = length > std::chrono::minutes(2);
    const double age = std::chrono::duration<double>(length).count() * (kSteps - step) / kSteps;
    const QString number = QChar(0x2212) + QString::number(inMinutes ? age / 60 : age, 'g', 3);
    if (step > 0)
        return number;
    return number + QChar(0x00a0)
        + (inMinutes ? QCoreApplication::translate("TimeRuler", "min") : QCoreApplication::translate("TimeRuler", "s"));
}

std::int64_t readableStep(std::int64_t least)
{
    constexpr std::int64_t kReadable[] = { kSecond, 2 * kSecond, 5 * kSecond, 10 * kSecond, 15 * kSecond, 30 * kSecond,
        kMinute, 2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, kHour, 2 * kHour, 3 * kHour,
        6 * kHour, 12 * kHour, kDay, 2 * kDay, 5 * kDay, 10 * kDay };
    for (const std::int64_t step : kReadable) {
        if (step >= least)
            return step;
    }
    return 10 * kDay;
}

QString clockText(const QDateTime& time, std::int64_t step, bool isFirst)
{
    const QString date = QStringLiteral("d MMM");
    const QString clock = step < kMinute ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
    if (step >= kDay || (!isFirst && time.time() == QTime(0, 0)))
        return time.toString(date);
    const bool isDated = isFirst && time.date() != QDate::currentDate();
    return time.toString(isDated ? date + u' ' + clock : clock);
}

} // namespace

std::vector<TimeLabel> agesOf(std::chrono::nanoseconds length)
{
    std::vector<TimeLabel> labels;
    for (int step = 0; step <= kSteps; ++step)
        labels.push_back({ double(step) / kSteps, labelAt(step, length) });
    return labels;
}

std::vector<TimeLabel> clockTimesOf(const TimeWindow& window, std::int64_t ahead, int most)
{
    std::vector<TimeLabel> labels;
    if (window.length() <= 0)
        return labels;
    const std::int64_t step = readableStep(window.length() / std::max(most, 1));
    const auto middle
        = QDateTime::fromMSecsSinceEpoch((window.fromNanoseconds + window.length() / 2 + ahead) / 1'000'000);
    const std::int64_t local = ahead + middle.offsetFromUtc() * kSecond;
    std::int64_t time = (window.fromNanoseconds + local + step - 1) / step * step;
    for (; time <= window.toNanoseconds + local; time += step) {
        const auto clock = QDateTime::fromMSecsSinceEpoch((time - local + ahead) / 1'000'000);
        labels.push_back({ window.share(time - local), clockText(clock, step, labels.empty()) });
    }
    return labels;
}

int TimeRuler::height()
{
    return static_cast<int>(QFontMetricsF(chartFont()).height()) + kGap;
}

void TimeRuler::setLabels(std::vector<TimeLabel> labels)
{
    if (labels == m_labels)
        return;
    m_labels = std::move(labels);
    update();
}

void TimeRuler::setPlotArea(const QRectF& area)
{
    prepareGeometryChange();
    m_plotArea = area;
}

QRectF TimeRuler::boundingRect() const
{
    // Apart from the plot, so that what moves there is not painted together with this.
    return { m_plotArea.left(), m_plotArea.bottom() + kGap, m_plotArea.width(), static_cast<double>(height() - kGap) };
}

void TimeRuler::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*)
{
    painter->setFont(chartFont());
    painter->setPen(Theme::current().color(ThemeColor::TextMuted));
    const QFontMetricsF metrics(chartFont());
    double freeFrom = m_plotArea.left();
    for (const TimeLabel& label : m_labels) {
        const double width = metrics.horizontalAdvance(label.text);
        const double middle = m_plotArea.left() + m_plotArea.width() * label.share;
        const double x
            = qBound(m_plotArea.left(), middle - width / 2, qMax(m_plotArea.left(), m_plotArea.right() - width));
        if (x < freeFrom)
            continue;
        painter->drawText(QPointF(x, m_plotArea.bottom() + kGap + metrics.ascent()), label.text);
        freeFrom = x + width + 2 * kGap;
    }
}

} // namespace twinhull
