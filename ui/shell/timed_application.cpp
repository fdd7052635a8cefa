// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/timed_application.h"

#include "core/base/clock.h"

#include <QEvent>
#include <QWidget>

#include <utility>

namespace twinhull {

namespace {

bool isOfWindow(const QObject* receiver)
{
    return receiver->isWindowType() || (receiver->isWidgetType() && static_cast<const QWidget*>(receiver)->isWindow());
}

bool isInput(QEvent::Type type)
{
    switch (type) {
    case QEvent::Wheel:
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
    case QEvent::MouseMove:
        return true;
    default:
        return false;
    }
}

/// Widgets paint themselves into the window while these are handled, and the window goes to the screen.
bool isPainting(QEvent::Type type)
{
    return type == QEvent::UpdateRequest || type == QEvent::Expose;
}

} // namespace

bool TimedApplication::notify(QObject* receiver, QEvent* event)
{
    const QEvent::Type type = event->type();
    const bool isFrame = isPainting(type);
    if (m_log == nullptr || m_isTiming || (!isFrame && !isInput(type)) || !isOfWindow(receiver))
        return QApplication::notify(receiver, event);
    m_isTiming = true;
    const std::int64_t begin = monotonicNanoseconds();
    const std::int64_t cpu = threadCpuNanoseconds();
    const bool isHandled = QApplication::notify(receiver, event); // the receiver may be gone after it
    FrameLog::Span span{ begin, monotonicNanoseconds() - begin, threadCpuNanoseconds() - cpu };
    m_isTiming = false;
    const FrameLog::Span before = std::exchange(m_input, {});
    span.nanoseconds += before.nanoseconds;
    span.cpuNanoseconds += before.cpuNanoseconds;
    if (isFrame)
        m_log->addFrame(span);
    else
        m_input = span;
    return isHandled;
}

} // namespace twinhull
