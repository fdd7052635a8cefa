// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tabular_label.h"

#include "ui/widgets/tabular_text.h"

#include <cmath>

namespace twinhull {

TabularLabel::TabularLabel(const QString& text, QWidget* parent) : QLabel(text, parent)
{
    setTextFormat(Qt::PlainText);
}

QSize TabularLabel::sizeHint() const
{
    ensurePolished();
    const QFontMetricsF metrics(font());
    return { static_cast<int>(std::ceil(tabularWidth(metrics, text()))),
        static_cast<int>(std::ceil(metrics.height())) };
}

void TabularLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    drawTabular(painter, rect(), alignment(), text());
}

} // namespace twinhull
