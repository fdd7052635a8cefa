// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/content_height.h"

#include <QLayout>
#include <QScreen>
#include <QWidget>

#include <algorithm>

namespace twinhull {

void growToContent(QWidget& window)
{
    QLayout* layout = window.layout();
    layout->activate();
    const int wanted
        = layout->hasHeightForWidth() ? layout->totalHeightForWidth(window.width()) : layout->totalSizeHint().height();
    const int height = std::min(wanted, window.screen()->availableGeometry().height());
    if (height > window.height())
        window.resize(window.width(), height);
}

} // namespace twinhull
