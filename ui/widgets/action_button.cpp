// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/action_button.h"

#include <QAction>
#include <QMenu>
#include <QToolButton>

namespace twinhull {

QToolButton* makeActionButton(QAction& action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(&action);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setObjectName(action.objectName() + QStringLiteral("Button"));
    button->setFocusPolicy(Qt::TabFocus);
    if (action.menu() != nullptr)
        button->setPopupMode(QToolButton::InstantPopup);
    const auto name = [button, &action] {
        button->setAccessibleName(action.text().remove(QChar(u'…')).remove(QStringLiteral(" ▾")));
    };
    QObject::connect(&action, &QAction::changed, button, name);
    name();
    return button;
}

} // namespace twinhull
