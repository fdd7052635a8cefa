// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/network_line.h"

#include "ui/create/more_form.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace twinhull {

namespace {

const QString kHostNetwork = QStringLiteral("host");

/// "back" of "back:alias=db".
QString networkOf(const QString& part)
{
    return part.section(u':', 0, 0);
}

} // namespace

NetworkLine::NetworkLine(QWidget* parent)
    : QWidget(parent), m_line(new QLineEdit(this)), m_choose(new QToolButton(this)), m_menu(new QMenu(m_choose))
{
    m_choose->setObjectName(QStringLiteral("networksChoose"));
    m_choose->setText(QStringLiteral("\u25be"));
    m_choose->setAccessibleName(tr("Choose networks"));
    m_choose->setFocusPolicy(Qt::StrongFocus);
    m_choose->setPopupMode(QToolButton::InstantPopup);
    m_choose->setMenu(m_menu);
    connect(m_menu, &QMenu::aboutToShow, this, &NetworkLine::fillMenu);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_line, 1);
    row->addWidget(m_choose);
    setFocusProxy(m_line);
    setNames({});
}

void NetworkLine::setNames(const QStringList& names)
{
    m_names = names;
    m_choose->setEnabled(!names.isEmpty());
    m_choose->setToolTip(
        names.isEmpty() ? tr("There is no network yet. Make one on the page Networks") : tr("Networks that are there"));
}

void NetworkLine::fillMenu()
{
    m_menu->clear();
    const QStringList parts = spacedParts(m_line->text());
    for (const QString& name : m_names) {
        QAction* action = m_menu->addAction(name);
        action->setCheckable(true);
        action->setChecked(
            std::any_of(parts.begin(), parts.end(), [&name](const QString& part) { return networkOf(part) == name; }));
        connect(action, &QAction::triggered, this, [this, name](bool isWanted) { take(name, isWanted); });
    }
}

/// The others keep their options. This computer's network goes with none of them.
void NetworkLine::take(const QString& name, bool isWanted)
{
    QStringList parts = spacedParts(m_line->text());
    parts.removeIf([&name](const QString& part) { return networkOf(part) == name || part == kHostNetwork; });
    if (isWanted)
        parts << name;
    m_line->setText(parts.join(u' '));
}

} // namespace twinhull
