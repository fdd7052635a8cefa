// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/side_bar_button.h"

#include "ui/theme/theme.h"
#include "ui/widgets/tabular_text.h"

#include <QEvent>
#include <QPainter>

namespace twinhull {

namespace {

constexpr int kHeight = 30;
constexpr int kWidth = 132;
constexpr int kPadding = 10;

} // namespace

SideBarButton::SideBarButton(const QString& title, QWidget* parent) : QAbstractButton(parent)
{
    setText(title);
    setAccessibleName(title);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SideBarButton::setCount(int count)
{
    if (count == m_count)
        return;
    m_count = count;
    setAccessibleDescription(count > 0 ? QString::number(count) : QString());
    update();
}

QSize SideBarButton::sizeHint() const
{
    return { kWidth, kHeight };
}

bool SideBarButton::event(QEvent* event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave)
        update();
    return QAbstractButton::event(event);
}

void SideBarButton::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hasFocus() ? QPen(theme.color(ThemeColor::Accent), 1) : QPen(Qt::NoPen));
    if (isChecked())
        painter.setBrush(theme.color(ThemeColor::Selection));
    else if (underMouse())
        painter.setBrush(theme.color(ThemeColor::Hover));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    painter.setFont(isChecked() ? theme.titleFont() : font());
    painter.setPen(theme.color(isChecked() ? ThemeColor::Text : ThemeColor::TextMuted));
    const QRect area = rect().adjusted(kPadding, 0, -kPadding, 0);
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, text());
    if (m_count > 0)
        drawTabular(painter, area, Qt::AlignRight, QString::number(m_count));
}

} // namespace twinhull
