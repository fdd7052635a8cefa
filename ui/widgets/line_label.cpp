// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/line_label.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace twinhull {

LineLabel::LineLabel(QWidget* parent) : QLabel(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    setAttribute(Qt::WA_OpaquePaintEvent); // else each other line has the card painted again, corners and all
}

void LineLabel::setLine(const QString& line)
{
    if (line == m_line)
        return;
    m_line = line;
    setToolTip(line);
    setAccessibleName(line);
    update();
}

QSize LineLabel::sizeHint() const
{
    ensurePolished();
    return { 0, fontMetrics().height() };
}

void LineLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::current().color(ThemeColor::Surface));
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(rect(), static_cast<int>(alignment()) | Qt::TextSingleLine,
        fontMetrics().elidedText(m_line, Qt::ElideRight, width()));
}

} // namespace twinhull
