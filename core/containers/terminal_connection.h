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

/// Somebody at a container's terminal. Going away leaves the container as it is. Never blocks; lives on the thread that
/// made it.
class TerminalConnection : public QObject {
    Q_OBJECT

public:
    /// As knockAtMonitor(). A size of nothing leaves the terminal as it is.
    static Result<std::unique_ptr<TerminalConnection>> open(const std::string& runtimeFolder, const TerminalSize& size);

    /// What is typed before the monitor has answered waits until then.
    void type(const QByteArray& bytes);
    Result<> resize(const TerminalSize& size) const;

Q_SIGNALS:
    void refused(const twinhull::Error& error); ///< the container has no terminal; closed() follows
    void received(const QByteArray& bytes); ///< what the terminal shows, first what it showed lately
    void closed(); ///< last: the container has ended, or its monitor

private:
    TerminalConnection(std::string runtimeFolder, UniqueFd socket);
    void onReadable();
    bool takeReply(QByteArray& bytes);
    void flush();

    std::string m_runtimeFolder;
    UniqueFd m_socket;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    QByteArray m_reply; ///< the first line, as far as it has come
    QByteArray m_typed; ///< not sent yet
    bool m_isAttached = false;
};

} // namespace twinhull
