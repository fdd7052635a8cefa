// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/frame_log.h"

#include <QObject>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace twinhull {

/// Knocks at the GUI thread from a thread of its own every few milliseconds, and logs how late it answers. It costs
/// about half a percent of a core, so it runs only where somebody asked for it.
class WaitProbe : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds kBetween{ 4 };

    explicit WaitProbe(FrameLog& log, QObject* parent = nullptr);
    ~WaitProbe() override;

private:
    void run();
    void answer(std::int64_t asked);

    FrameLog& m_log;
    std::int64_t m_cpuBefore = 0;
    std::mutex m_mutex; ///< guards the two below
    std::condition_variable m_stopped;
    bool m_isStopping = false;
    std::atomic<bool> m_isAsked = false; ///< one question at a time: a long wait is told as one
    std::thread m_thread;
};

} // namespace twinhull
