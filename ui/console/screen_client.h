// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_screens.h"
#include "ui/console/screen_frame.h"
#include "ui/console/screen_input.h"

#include <QPoint>
#include <QString>

#include <functional>
#include <memory>
#include <optional>

struct _rfbClient;

namespace twinhull {

/// Called on the client's thread.
struct ScreenListener {
    std::function<void(const QSize&)> resized; ///< first when it is ready, then whenever the guest changes it
    std::function<void()> painted; ///< once until the frame's changes are taken
    std::function<void(const QImage&, const QPoint&)> cursorChanged; ///< its shape, and which of its pixels points
    std::function<void(const QString&)> clipboardChanged;
};

/// Speaks RFB (RFC 6143) with a screen's server. Blocks; a thread of its own, on which all signals are blocked. The
/// server is hostile: sizes, texts and shapes are limited, and only authentication without or with a password is done.
class ScreenClient {
public:
    ScreenClient(OpenedScreen opened, std::shared_ptr<ScreenInputs> inputs, std::shared_ptr<ScreenFrame> frame,
        ScreenListener listener);
    ~ScreenClient();

    /// Until it is stopped (success) or the connection ends (why). Whoever stops it shuts the descriptor down as well.
    Result<> run();

private:
    struct Callbacks; ///< of libvncclient
    struct Free {
        void operator()(_rfbClient* client) const;
    };

    Result<> connect();
    Result<> serve();
    Result<> handleMessages();
    bool sendInputs();
    bool send(const ScreenInput& input);
    bool askForPixels();
    bool takeNewSize();
    void takeCursor(const QPoint& hot, const QSize& size);
    int millisecondsToNextAsk() const;
    Error lostError(const char* what) const;

    OpenedScreen m_opened;
    std::shared_ptr<ScreenInputs> m_inputs;
    std::shared_ptr<ScreenFrame> m_frame;
    ScreenListener m_listener;
    std::unique_ptr<_rfbClient, Free> m_client;
    std::unique_ptr<uchar, decltype(&std::free)> m_pixels{ nullptr, &std::free };
    QRegion m_dirty;
    std::optional<QSize> m_refused; ///< a size that was too large
    bool m_isAsked = false; ///< for pixels, and not answered yet
    bool m_mustAskForAll = true;
    std::int64_t m_lastAsk = 0; ///< milliseconds of the monotonic clock
};

} // namespace twinhull
