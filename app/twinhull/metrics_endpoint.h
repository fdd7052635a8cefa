// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QTcpServer>

#include <functional>

class QTcpSocket;

namespace twinhull {

/// What is served is Prometheus' own format, or OpenMetrics to whom asks for that in its Accept header.
enum class MetricsPage { Text, OpenMetrics };

/// Answers "GET /metrics" on 127.0.0.1, to every user of this computer. One request a connection (RFC 9112); eight
/// connections at once, each for five seconds at most. Asked under another name than this computer's own, it refuses:
/// a web page could otherwise read it by a name that it makes point here. GUI thread.
class MetricsEndpoint {
public:
    /// What is answered is made when it is asked for.
    explicit MetricsEndpoint(std::function<QByteArray(MetricsPage)> page);

    /// Stops what listened before. Port 0: listens no more.
    Result<void> listen(quint16 port);
    bool isListening() const { return m_server.isListening(); }

private:
    void accept();
    void read(QTcpSocket& socket);
    QByteArray answerTo(const QByteArray& request) const;

    std::function<QByteArray(MetricsPage)> m_page;
    QTcpServer m_server;
};

} // namespace twinhull
