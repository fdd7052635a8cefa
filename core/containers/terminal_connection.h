// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/monitor_stream.h"

#include <memory>
#include <string>

namespace twinhull {

/// Somebody at a container's terminal; refused() where it has none. Going away leaves the container as it is.
class TerminalConnection : public MonitorStream {
    Q_OBJECT

public:
    /// As knockAtMonitor(). A size of nothing leaves the terminal as it is.
    static Result<std::unique_ptr<TerminalConnection>> open(const std::string& runtimeFolder, const TerminalSize& size);

    /// What is typed before the monitor has answered waits until then.
    void type(const QByteArray& bytes);
    Result<> resize(const TerminalSize& size) const;

Q_SIGNALS:
    void received(const QByteArray& bytes); ///< what the terminal shows, first what it showed lately

private:
    TerminalConnection(std::string runtimeFolder, UniqueFd socket);
    void onAccepted() override { (void)flush(); }
    void onReceived(const QByteArray& bytes) override { Q_EMIT received(bytes); }

    std::string m_runtimeFolder;
};

} // namespace twinhull
