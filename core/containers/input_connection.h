// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/monitor_stream.h"

#include <memory>
#include <string>

namespace twinhull {

/// Somebody who passes input to a container's first program; refused() where it takes none. Going away leaves its
/// standard input open; only end() ends it.
class InputConnection : public MonitorStream {
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

private:
    explicit InputConnection(UniqueFd socket) : MonitorStream(std::move(socket)) { }
    void onAccepted() override { Q_EMIT wanted(); }
    void onReceived(const QByteArray&) override { } // there is nothing but the end
    void onDrained() override;

    bool m_isEnding = false;
};

} // namespace twinhull
