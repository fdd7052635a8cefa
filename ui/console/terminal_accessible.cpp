// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_accessible.h"

#include "ui/console/terminal_view.h"

#include <QAccessibleWidget>

namespace twinhull {

namespace {

class TerminalAccessible : public QAccessibleWidget {
public:
    explicit TerminalAccessible(TerminalView* view) : QAccessibleWidget(view, QAccessible::Terminal), m_view(view) { }

    QString text(QAccessible::Text part) const override
    {
        return part == QAccessible::Value ? m_view->text() : QAccessibleWidget::text(part);
    }

private:
    TerminalView* m_view; ///< outlives its interface
};

QAccessibleInterface* accessibleTerminal(const QString&, QObject* object)
{
    auto* view = qobject_cast<TerminalView*>(object);
    return view != nullptr ? new TerminalAccessible(view) : nullptr;
}

} // namespace

void makeTerminalsAccessible()
{
    QAccessible::installFactory(accessibleTerminal); // a second time is ignored
}

} // namespace twinhull
