// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tabular_text.h"

#include <QFontMetricsF>
#include <QVarLengthArray>

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

struct Part {
    QString text;
    qreal width = 0; ///< that it takes
    qreal inset = 0; ///< of the text in it
};
using Parts = QVarLengthArray<Part, 16>;

/// Each digit and each run of other characters; all in one where the font's digits are as wide as one another anyhow,
/// as they are in most.
Parts partsOf(const QFontMetricsF& metrics, const QString& text)
{
    const DigitWidths digits(metrics);
    if (digits.areEqual())
        return { { text, metrics.horizontalAdvance(text), 0 } };
    Parts parts;
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = at + 1;
        const bool isDigit = text[at].isDigit();
        while (!isDigit && end < text.size() && !text[end].isDigit())
            ++end;
        const QString part = text.mid(at, end - at);
        const qreal width = metrics.horizontalAdvance(part);
        parts.push_back({ part, isDigit ? digits.widest : width, isDigit ? (digits.widest - width) / 2 : 0 });
        at = end;
    }
    return parts;
}

qreal widthOf(const Parts& parts)
{
    qreal width = 0;
    for (const Part& part : parts)
        width += part.width;
    return width;
}

} // namespace

qreal tabularWidth(const QFontMetricsF& metrics, const QString& text)
{
    return widthOf(partsOf(metrics, text));
}

void drawTabular(QPainter& painter, const QRectF& area, Qt::Alignment alignment, const QString& text)
{
    const QFontMetricsF metrics(painter.font());
    const Parts parts = partsOf(metrics, text);
    const qreal spare = area.width() - widthOf(parts);
    qreal x = area.left();
    if (alignment & Qt::AlignRight)
        x += spare;
    else if (alignment & Qt::AlignHCenter)
        x += spare / 2;
    const qreal baseline = area.top() + (area.height() + metrics.ascent() - metrics.descent()) / 2;
    for (const Part& part : parts) {
        painter.drawText(QPointF(x + part.inset, baseline), part.text);
        x += part.width;
    }
}

} // namespace twinhull
