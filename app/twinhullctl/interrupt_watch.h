// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace twinhull {

/// SIGINT, SIGTERM and SIGWINCH as signals of Qt (signalfd(2)). Make it before any thread is started: the signals are
/// blocked in this thread and in those it starts. The fifth interruption ends the program at once.
class InterruptWatch : public QObject {
    Q_OBJECT

public:
    InterruptWatch();

Q_SIGNALS:
    void interrupted();
    void resized(); ///< our terminal

private:
    void onReadable();

    UniqueFd m_fd;
    std::unique_ptr<QSocketNotifier> m_notifier;
    int m_count = 0;
};

} // namespace twinhull
