// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/content_height.h"

#include <QLayout>
#include <QScreen>
#include <QScrollArea>
#include <QWidget>

#include <algorithm>

namespace twinhull {

namespace {

/// The innermost first: what stands around asks those for their heights.
void layOutInside(QWidget& window)
{
    const auto layouts = window.findChildren<QLayout*>();
    std::for_each(layouts.rbegin(), layouts.rend(), [](QLayout* each) { each->activate(); });
    for (auto* area : window.findChildren<QScrollArea*>())
        area->updateGeometry(); // no layout around it hears of what changes inside
}

void growNow(QWidget& window)
{
    layOutInside(window);
    QLayout* layout = window.layout();
    layout->activate();
    const int wanted
        = layout->hasHeightForWidth() ? layout->totalHeightForWidth(window.width()) : layout->totalSizeHint().height();
    const int height = std::min(wanted, window.screen()->availableGeometry().height());
    if (height > window.height())
        window.resize(window.width(), height);
}

} // namespace

void growToContent(QWidget& window)
{
    growNow(window);
    // fonts come with the window, and what was put into one that is open is shown from the event loop
    QMetaObject::invokeMethod(
        &window, [&window] { growNow(window); }, Qt::QueuedConnection);
}

} // namespace twinhull
