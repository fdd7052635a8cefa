// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/frame_log.h"

#include <QApplication>

namespace twinhull {

/// An application that can log how long its frames take.
class TimedApplication : public QApplication {
public:
    using QApplication::QApplication;

    /// Null: nothing is timed. The log outlives the event loop.
    void setFrameLog(FrameLog* log) { m_log = log; }

    bool notify(QObject* receiver, QEvent* event) override;

private:
    FrameLog* m_log = nullptr;
    FrameLog::Span m_input; ///< its handling since the last frame
    bool m_isTiming = false;
};

} // namespace twinhull
