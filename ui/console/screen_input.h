// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"

#include <QByteArray>

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <variant>

namespace twinhull {

/// A key by its symbol (X11's keysyms) and its place on a PC keyboard (XT codes, 0: not known).
struct ScreenKey {
    std::uint32_t symbol = 0;
    std::uint32_t place = 0;
    bool isDown = false;

    friend bool operator==(const ScreenKey&, const ScreenKey&) = default;
};

/// Where the pointer is, or for a relative one how far it went from 32767; buttons as RFB has them, 1, 2 and 4 left,
/// middle and right, 8 to 64 the wheel.
struct ScreenPointer {
    int x = 0;
    int y = 0;
    int buttons = 0;
};

struct ScreenClipboard {
    QByteArray latin1;
};

using ScreenInput = std::variant<ScreenKey, ScreenPointer, ScreenClipboard>;

/// What a person does, on its way to the thread that sends it. Thread-safe. The oldest movements fall out when nothing
/// is taken; above kMostWaiting everything does.
class ScreenInputs {
public:
    static constexpr std::size_t kMostWaiting = 4096;

    ScreenInputs();

    void add(ScreenInput input);
    std::deque<ScreenInput> take();

    /// Whether somebody looks: pixels are asked for only then.
    void setWatched(bool isWatched);
    bool isWatched() const { return m_isWatched; }
    void stop();
    bool isStopping() const { return m_isStopping; }

    int wakeDescriptor() const { return m_wake.fd(); } ///< readable when there is something new
    void clearWake() const;

private:
    void wake() const;

    std::mutex m_mutex;
    std::deque<ScreenInput> m_waiting;
    std::atomic<bool> m_isWatched = false;
    std::atomic<bool> m_isStopping = false;
    UniqueFd m_wake;
};

} // namespace twinhull
