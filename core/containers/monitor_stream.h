// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/ipc/monitor_messages.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

#include <string>

namespace twinhull {

/// A request to a container's monitor, and bytes both ways once it was accepted. Never blocks; lives on the thread that
/// made it.
class MonitorStream : public QObject {
    Q_OBJECT

Q_SIGNALS:
    void refused(const twinhull::Error& error); ///< closed() follows
    void closed(); ///< last: the container has ended, or its monitor, or nobody listens any more

protected:
    /// As knockAtMonitor(), with the request sent.
    static Result<UniqueFd> openFor(const MonitorRequest& request, const std::string& runtimeFolder);

    explicit MonitorStream(UniqueFd socket);

    virtual void onAccepted() = 0;
    virtual void onReceived(const QByteArray& bytes) = 0; ///< behind the reply
    virtual void onDrained() { } ///< what had to wait is sent

    bool isAccepted() const { return m_state == State::Accepted; }
    void append(const QByteArray& bytes) { m_unsent += bytes; }
    bool flush(); ///< false where some of it has to wait
    void endSending();

private:
    enum class State { Asked, Accepted, Refused };

    void onReadable();
    bool takeReply(QByteArray& bytes);

    UniqueFd m_socket;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    State m_state = State::Asked;
    QByteArray m_reply; ///< the first line, as far as it has come
    QByteArray m_unsent;
};

} // namespace twinhull
