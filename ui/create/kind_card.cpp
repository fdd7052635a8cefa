// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/kind_card.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace twinhull {

namespace {

constexpr int kPadding = 14;
constexpr int kTitleHeight = 22;
constexpr int kHeight = 118;
constexpr int kSquare = 9;

} // namespace

KindCard::KindCard(ThemeColor role, const QString& title, const QString& text, QWidget* parent)
    : QAbstractButton(parent), m_role(role), m_description(text)
{
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(text);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void KindCard::setCost(const QString& cost)
{
    m_cost = cost;
    update();
}

QSize KindCard::sizeHint() const
{
    return { 240, kHeight };
}

void KindCard::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal width = isChecked() || hasFocus() ? 2 : 1;
    painter.setPen(QPen(theme.color(isChecked() ? ThemeColor::Accent : ThemeColor::Border), width));
    painter.setBrush(theme.color(underMouse() && !isChecked() ? ThemeColor::Hover : ThemeColor::Surface));
    const qreal inset = width / 2;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 8, 8);
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(ThemeColor::Accent), 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(4.5, 4.5, -4.5, -4.5), 5, 5);
    }

    const QRect area = rect().adjusted(kPadding, kPadding - 3, -kPadding, -kPadding + 4);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(m_role));
    painter.drawRoundedRect(QRectF(area.left(), area.top() + (kTitleHeight - kSquare) / 2.0, kSquare, kSquare), 2, 2);
    painter.setFont(theme.titleFont());
    painter.setPen(theme.color(ThemeColor::Text));
    painter.drawText(QRect(area.left() + kSquare + 7, area.top(), area.width(), kTitleHeight),
        Qt::AlignVCenter | Qt::AlignLeft, text());
    painter.setFont(font());
    painter.setPen(theme.color(ThemeColor::TextMuted));
    painter.drawText(
        area.adjusted(0, kTitleHeight, 0, 0), Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, m_description);
    painter.setFont(theme.smallFont());
    painter.setPen(theme.color(ThemeColor::Text));
    painter.drawText(area, Qt::AlignBottom | Qt::AlignLeft, m_cost);
}

} // namespace twinhull
