// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/containers/readable_set.h"
#include "core/ipc/line_buffer.h"
#include "core/ipc/monitor_messages.h"

#include <QObject>

#include <memory>
#include <string>

namespace twinhull {

/// One conversation with a container's monitor. Never blocks; lives on the thread that made it.
class MonitorConnection : public QObject {
    Q_OBJECT

public:
    /// As knockAtMonitor().
    static Result<std::unique_ptr<MonitorConnection>> open(const std::string& runtimeFolder);
    ~MonitorConnection() override;

    Result<> send(const MonitorRequest& request);

Q_SIGNALS:
    void received(const twinhull::Result<twinhull::MonitorStatus>& reply);
    void closed(); ///< last; nothing more will be received

private:
    explicit MonitorConnection(UniqueFd socket);
    void onReadable();

    Result<> watch();

    UniqueFd m_socket;
    std::shared_ptr<ReadableSet> m_readable = ReadableSet::ofThisThread();
    ReadableSet::Id m_watched = 0;
    LineBuffer m_lines{ kMonitorReplyLimitBytes };
};

} // namespace twinhull
