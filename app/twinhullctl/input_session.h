// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/input_connection.h"

namespace twinhull {

/// This program's standard input to a container's, byte for byte, until either ends. It is read only as fast as the
/// container reads.
class InputSession : public QObject {
    Q_OBJECT

public:
    InputSession(std::unique_ptr<InputConnection> connection, QObject* parent);

Q_SIGNALS:
    void refused(const twinhull::Error& error);

private:
    void onReadable();

    std::unique_ptr<InputConnection> m_connection;
    QSocketNotifier m_input;
};

} // namespace twinhull
