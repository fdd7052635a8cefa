// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/metrics_endpoint.h"

#include <QCoreApplication>
#include <QTcpSocket>
#include <QTimer>

#include <chrono>

namespace twinhull {

namespace {

constexpr int kMostConnections = 8;
constexpr int kLongestRequest = 8192;
constexpr std::chrono::seconds kPatience(5);

QByteArray answer(const char* status, const QByteArray& type, const QByteArray& body)
{
    return QByteArrayLiteral("HTTP/1.1 ") + status + "\r\nContent-Type: " + type + "; charset=utf-8\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

QByteArray refusal(const char* status, const char* next)
{
    return answer(status, QByteArrayLiteral("text/plain"), QByteArray(next) + '\n');
}

/// In small letters; empty when there is none.
QByteArray headerOf(const QByteArray& request, const QByteArray& name)
{
    for (const QByteArray& line : request.left(request.indexOf("\r\n\r\n")).toLower().split('\n')) {
        if (line.startsWith(name + ':'))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

/// Without its port.
QByteArray hostOf(const QByteArray& request)
{
    return headerOf(request, QByteArrayLiteral("host")).split(':').front();
}

} // namespace

MetricsEndpoint::MetricsEndpoint(std::function<QByteArray(MetricsPage)> page) : m_page(std::move(page))
{
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { accept(); });
}

Result<void> MetricsEndpoint::listen(quint16 port)
{
    m_server.close();
    if (port == 0 || m_server.listen(QHostAddress::LocalHost, port))
        return {};
    const std::string text
        = "listen on port " + std::to_string(port) + " of 127.0.0.1: " + m_server.errorString().toStdString();
    return Error{ ErrorCode::Busy, text, 0,
        QCoreApplication::translate("MetricsEndpoint", "Choose another port in the settings, from 1024 on.")
            .toStdString() };
}

void MetricsEndpoint::accept()
{
    while (QTcpSocket* socket = m_server.nextPendingConnection()) {
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        if (m_server.findChildren<QTcpSocket*>(Qt::FindDirectChildrenOnly).size() > kMostConnections) {
            socket->abort();
            continue;
        }
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(*socket); });
        QTimer::singleShot(kPatience, socket, &QTcpSocket::abort);
    }
}

void MetricsEndpoint::read(QTcpSocket& socket)
{
    const QByteArray request = socket.peek(kLongestRequest);
    if (!request.contains("\r\n\r\n")) {
        if (request.size() == kLongestRequest)
            socket.abort();
        return;
    }
    QObject::disconnect(&socket, &QTcpSocket::readyRead, nullptr, nullptr);
    socket.write(answerTo(request));
    socket.disconnectFromHost();
}

QByteArray MetricsEndpoint::answerTo(const QByteArray& request) const
{
    const QByteArray host = hostOf(request);
    if (host != "127.0.0.1" && host != "localhost")
        return refusal("421 Misdirected Request", "Ask for http://127.0.0.1/metrics at this port.");
    const QByteArray line = request.left(request.indexOf('\r'));
    if (!line.startsWith("GET "))
        return refusal("405 Method Not Allowed", "Ask with GET.");
    if (!line.startsWith("GET /metrics ") && !line.startsWith("GET /metrics?"))
        return refusal("404 Not Found", "Ask for /metrics.");
    if (headerOf(request, QByteArrayLiteral("accept")).contains("application/openmetrics-text"))
        return answer("200 OK", QByteArrayLiteral("application/openmetrics-text; version=1.0.0"),
            m_page(MetricsPage::OpenMetrics));
    return answer("200 OK", QByteArrayLiteral("text/plain; version=0.0.4"), m_page(MetricsPage::Text));
}

} // namespace twinhull
