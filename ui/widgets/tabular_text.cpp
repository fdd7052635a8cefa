// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tabular_text.h"

#include <QFontMetricsF>

#include <algorithm>

namespace twinhull {

namespace {

struct DigitWidths {
    qreal narrowest = 0;
    qreal widest = 0;

    explicit DigitWidths(const QFontMetricsF& metrics) : narrowest(metrics.horizontalAdvance(QChar(u'0')))
    {
        for (char16_t digit = u'0'; digit <= u'9'; ++digit) {
            const qreal width = metrics.horizontalAdvance(QChar(digit));
            narrowest = std::min(narrowest, width);
            widest = std::max(widest, width);
        }
    }
    bool areEqual() const { return narrowest == widest; }
};

/// Calls `use(part, width, isDigit)` for each digit and each run of other characters; once for all where the font's
/// digits are as wide as one another anyhow, as they are in most.
template <typename Use>
void forEachPart(const QFontMetricsF& metrics, const QString& text, Use use)
{
    const DigitWidths digits(metrics);
    if (digits.areEqual()) {
        use(text, metrics.horizontalAdvance(text), false);
        return;
    }
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = at + 1;
        const bool isDigit = text[at].isDigit();
        while (!isDigit && end < text.size() && !text[end].isDigit())
            ++end;
        const QString part = text.mid(at, end - at);
        use(part, isDigit ? digits.widest : metrics.horizontalAdvance(part), isDigit);
        at = end;
    }
}

} // namespace

qreal tabularWidth(const QFontMetricsF& metrics, const QString& text)
{
    qreal width = 0;
    forEachPart(metrics, text, [&width](const QString&, qreal part, bool) { width += part; });
    return width;
}

void drawTabular(QPainter& painter, const QRectF& area, Qt::Alignment alignment, const QString& text)
{
    const QFontMetricsF metrics(painter.font());
    const qreal spare = area.width() - tabularWidth(metrics, text);
    qreal x = area.left();
    if (alignment & Qt::AlignRight)
        x += spare;
    else if (alignment & Qt::AlignHCenter)
        x += spare / 2;
    const qreal baseline = area.top() + (area.height() + metrics.ascent() - metrics.descent()) / 2;
    forEachPart(metrics, text, [&](const QString& part, qreal width, bool isDigit) {
        const qreal inset = isDigit ? (width - metrics.horizontalAdvance(part)) / 2 : 0;
        painter.drawText(QPointF(x + inset, baseline), part);
        x += width;
    });
}

} // namespace twinhull
