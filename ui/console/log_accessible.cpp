// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_accessible.h"

#include "ui/console/log_canvas.h"

#include <QAccessibleWidget>

namespace twinhull {

namespace {

class LogAccessible : public QAccessibleWidget {
public:
    explicit LogAccessible(LogCanvas* canvas) : QAccessibleWidget(canvas, QAccessible::Document), m_canvas(canvas) { }

    QString text(QAccessible::Text part) const override
    {
        if (part == QAccessible::Value)
            return m_canvas->textInSight();
        if (part == QAccessible::Description)
            return m_canvas->currentText();
        return QAccessibleWidget::text(part);
    }

private:
    LogCanvas* m_canvas; ///< outlives its interface
};

QAccessibleInterface* accessibleLog(const QString&, QObject* object)
{
    auto* canvas = qobject_cast<LogCanvas*>(object);
    return canvas != nullptr ? new LogAccessible(canvas) : nullptr;
}

} // namespace

void makeLogsAccessible()
{
    QAccessible::installFactory(accessibleLog); // a second time is ignored
}

} // namespace twinhull
