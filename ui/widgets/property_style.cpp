// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/property_style.h"

#include <QStyle>
#include <QVariant>

namespace twinhull {

void setStyleProperty(QWidget& widget, const char* name, bool isSet)
{
    if (widget.property(name).toBool() == isSet)
        return;
    widget.setProperty(name, isSet);
    if (!widget.testAttribute(Qt::WA_WState_Polished))
        return;
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

} // namespace twinhull
