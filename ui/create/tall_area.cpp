// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/tall_area.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kLeastHeight = 160;

} // namespace

TallArea::TallArea(QWidget* content, QWidget* parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus);
    setWidget(content);
}

QSize TallArea::sizeHint() const
{
    // Texts that wrap are as high as the width that they get lets them be.
    const QSize wish = widget()->sizeHint();
    const int width = std::max(viewport()->width(), wish.width()); // before the first layout it is narrow
    const int height = widget()->hasHeightForWidth() ? widget()->heightForWidth(width) : wish.height();
    return { wish.width(), height };
}

QSize TallArea::minimumSizeHint() const
{
    return { widget()->minimumSizeHint().width(), std::min(kLeastHeight, sizeHint().height()) };
}

} // namespace twinhull
