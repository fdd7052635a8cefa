// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workloads_bar.h"

#include "ui/widgets/action_button.h"
#include "ui/workloads/filter_chips.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QToolButton>

namespace twinhull {

WorkloadsBar::WorkloadsBar(WorkloadActions& actions, QWidget* parent) : QWidget(parent), m_filter(makeFilter())
{
    setObjectName(QStringLiteral("workloadsBar"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(makeNewButton());
    layout->addWidget(makeActionButton(actions.start(), this));
    layout->addWidget(makeActionButton(actions.pause(), this));
    layout->addWidget(makeStopButton(actions));
    layout->addWidget(makeActionButton(actions.twin(), this));
    layout->addWidget(m_filter, 10);
    layout->addWidget(new FilterChips(*m_filter, this));
    layout->addStretch(1);
}

QWidget* WorkloadsBar::makeNewButton()
{
    auto* button = new QToolButton(this);
    button->setObjectName(QStringLiteral("newButton"));
    button->setAccessibleName(tr("New"));
    button->setText(tr("New") + QStringLiteral(" ▾"));
    button->setToolTip(tr("Make a container, a VM or a twin (Ctrl+N)"));
    button->setProperty("primary", true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(button);
    menu->setObjectName(QStringLiteral("newMenu"));
    menu->addAction(tr("&Container…") + QStringLiteral("\tCtrl+N"), this, &WorkloadsBar::newContainerRequested);
    menu->addAction(tr("&Virtual machine…"), this, &WorkloadsBar::newVmRequested);
    menu->addAction(tr("&Twin…"), this, &WorkloadsBar::newTwinRequested);
    menu->addSeparator();
    menu->addAction(tr("Open Com&pose file…"), this, &WorkloadsBar::composeRequested);
    menu->addAction(tr("Virtual machine from &XML…"), this, &WorkloadsBar::definitionRequested)
        ->setObjectName(QStringLiteral("newFromXml"));
    button->setMenu(menu);
    auto* open = new QShortcut(QKeySequence(Qt::ALT | Qt::Key_N), button);
    connect(open, &QShortcut::activated, button, &QToolButton::showMenu);
    return button;
}

QWidget* WorkloadsBar::makeStopButton(WorkloadActions& actions)
{
    auto* button = makeActionButton(actions.stop(), this);
    auto* menu = new QMenu(button);
    menu->addAction(&actions.stop());
    menu->addAction(&actions.forceOff());
    menu->addSeparator();
    menu->addAction(&actions.remove());
    menu->addAction(&actions.changes().bin());
    button->setMenu(menu);
    button->setPopupMode(QToolButton::MenuButtonPopup);
    return button;
}

QLineEdit* WorkloadsBar::makeFilter()
{
    auto* filter = new QLineEdit(this);
    filter->setObjectName(QStringLiteral("filter"));
    filter->setAccessibleName(tr("Filter"));
    filter->setPlaceholderText(tr("Filter by name, image, port; kind:vm, state:running, twin:web"));
    filter->setToolTip(tr("Words of names, images, ports, labels, twins and groups; kind:vm, state:running, twin:web, "
                          "group:lab, connection:home"));
    filter->setClearButtonEnabled(true);
    filter->setMaximumWidth(460);
    filter->setMinimumWidth(120);
    connect(filter, &QLineEdit::textChanged, this, &WorkloadsBar::filterChanged);
    connect(filter, &QLineEdit::returnPressed, this, &WorkloadsBar::filterLeft);
    auto* clear = new QShortcut(QKeySequence(Qt::Key_Escape), filter, nullptr, nullptr, Qt::WidgetShortcut);
    connect(clear, &QShortcut::activated, this, [this, filter] {
        filter->clear();
        Q_EMIT filterLeft();
    });
    return filter;
}

void WorkloadsBar::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

} // namespace twinhull
