// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/kind_square.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace twinhull {

namespace {

constexpr int kSide = 9;

} // namespace

KindSquare::KindSquare(ThemeColor role, QWidget* parent) : QWidget(parent), m_role(role)
{
    setFixedSize(kSide, kSide);
}

void KindSquare::setRole(ThemeColor role)
{
    m_role = role;
    update();
}

void KindSquare::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::current().color(m_role));
    painter.drawRoundedRect(rect(), 2, 2);
}

} // namespace twinhull
