// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_screens.h"

#include <QByteArray>
#include <QSize>

#include <optional>

namespace twinhull::test {

/// The other end of a screen's connection: an RFB server (RFC 6143) that says what a test wants said. It waits for five
/// seconds at most, and empty is what it did not hear.
class ScreenServer {
public:
    ScreenServer();

    OpenedScreen takeClientEnd(); ///< once

    /// As far as the client has told its encodings, which are returned; `security` 1 is none.
    QByteArray greet(const QSize& size, quint8 security = 1);
    void say(const QByteArray& bytes) const;
    QByteArray hear(int count) const;
    bool hearsNothing(int milliseconds) const;
    void hangUp() { m_end.reset(); }

    struct PixelRequest {
        bool isIncremental = false;
        QSize size;
    };
    std::optional<PixelRequest> hearPixelRequest() const;

    /// One message with one rectangle: raw pixels of one colour, or the header alone of another encoding.
    void paint(const QRect& area, quint32 colour) const;
    void sayRectangle(const QRect& area, qint32 encoding, const QByteArray& content = {}) const;

    static QByteArray number16(quint16 number);
    static QByteArray number32(quint32 number);

private:
    UniqueFd m_end;
    UniqueFd m_clientEnd;
};

} // namespace twinhull::test
