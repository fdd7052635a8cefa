// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/side_bar.h"

#include "ui/shell/side_bar_button.h"
#include "ui/theme/theme.h"
#include "ui/widgets/action_button.h"

#include <QButtonGroup>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kWidth = 148;

} // namespace

SideBar::SideBar(QWidget* parent) : QWidget(parent), m_group(new QButtonGroup(this)), m_layout(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("sideBar"));
    setAccessibleName(tr("Pages"));
    setFixedWidth(kWidth);
    setAttribute(Qt::WA_StyledBackground);
    m_layout->setContentsMargins(8, 10, 8, 8);
    m_layout->setSpacing(2);
    m_layout->addStretch();
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idClicked, this, &SideBar::chosen);
}

void SideBar::addPage(const QString& name, const QString& title)
{
    auto* button = new SideBarButton(title, this);
    button->setObjectName(QStringLiteral("page.") + name);
    const int page = static_cast<int>(m_buttons.size());
    m_buttons.push_back(button);
    m_group->addButton(button, page);
    m_layout->insertWidget(page, button);
    if (page < 9) {
        button->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page)));
        button->setToolTip(tr("%1 (Ctrl+%2)").arg(title).arg(page + 1));
    }
}

void SideBar::addFoot(QAction& action)
{
    auto* button = makeActionButton(action, this);
    button->setProperty("flat", true);
    m_layout->addWidget(button);
}

void SideBar::setCount(int page, int count)
{
    m_buttons[static_cast<std::size_t>(page)]->setCount(count);
}

void SideBar::setCurrent(int page)
{
    m_buttons[static_cast<std::size_t>(page)]->setChecked(true);
}

} // namespace twinhull
