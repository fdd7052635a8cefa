// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/input_connection.h"

namespace twinhull {

/// This program's standard input to a container's, byte for byte, until either ends. It is read only as fast as the
/// container reads.
class InputSession : public QObject {
    Q_OBJECT

public:
    enum class Begin {
        Open, ///< there may be more to read
        AtEnd, ///< our input has ended already, and so does the container's
    };

    InputSession(std::unique_ptr<InputConnection> connection, Begin begin, QObject* parent);

    bool isAtEnd() const { return m_isAtEnd; }

Q_SIGNALS:
    void refused(const twinhull::Error& error);
    void closed(); ///< last: this one passes nothing any more

private:
    void onWanted();
    void onReadable();

    std::unique_ptr<InputConnection> m_connection;
    QSocketNotifier m_input;
    bool m_isAtEnd;
};

} // namespace twinhull
