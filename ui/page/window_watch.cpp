// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/window_watch.h"

#include <QEvent>
#include <QWidget>
#include <QWindow>

#include <utility>

namespace twinhull {

WindowWatch::WindowWatch(QWidget& window) : m_window(window)
{
    m_window.installEventFilter(this);
}

/// After the event: what it changes is not so yet.
bool WindowWatch::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::Show:
        if (QWindow* handle = m_window.windowHandle())
            handle->installEventFilter(this); // once, however often it is asked
        [[fallthrough]];
    case QEvent::Hide:
    case QEvent::WindowStateChange:
    case QEvent::Expose:
        QMetaObject::invokeMethod(this, &WindowWatch::look, Qt::QueuedConnection);
        break;
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

void WindowWatch::look()
{
    const QWindow* handle = m_window.windowHandle();
    const bool isSeen = m_window.isVisible() && !m_window.isMinimized() && handle != nullptr && handle->isExposed();
    m_wasSeen = m_wasSeen || isSeen;
    if (m_wasSeen && std::exchange(m_isSeen, isSeen) != isSeen)
        Q_EMIT seenChanged(isSeen);
}

} // namespace twinhull
