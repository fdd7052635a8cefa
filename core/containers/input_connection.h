// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/ipc/monitor_messages.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

#include <memory>
#include <string>

namespace twinhull {

/// Somebody who passes input to a container's first program. Going away leaves its standard input open; only end() ends
/// it. Never blocks; lives on the thread that made it.
class InputConnection : public QObject {
    Q_OBJECT

public:
    /// As knockAtMonitor().
    static Result<std::unique_ptr<InputConnection>> open(const std::string& runtimeFolder);

    /// Once it is wanted: false where it was not taken whole, and is wanted again when the rest was.
    bool pass(const QByteArray& bytes);
    /// After what was passed.
    void end();

Q_SIGNALS:
    void wanted(); ///< pass() may be called
    void refused(const twinhull::Error& error); ///< the container has no such input; closed() follows
    void closed(); ///< last: nothing is read any more

private:
    explicit InputConnection(UniqueFd socket);
    void onReadable();
    void flush();

    UniqueFd m_socket;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    QByteArray m_reply; ///< the first line, as far as it has come
    QByteArray m_bytes; ///< not sent yet
    bool m_isEnding = false;
};

} // namespace twinhull
