// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/http_work.h"

#include "core/base/clock.h"

#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QTimer>

namespace twinhull {

namespace {

constexpr qint64 kAnswerLimitBytes = 64 << 10;
constexpr auto kPause = std::chrono::milliseconds(20);

Error cancelled()
{
    return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
}

/// Nobody listens behind the port yet: refused by the host, or taken and dropped by the network in between.
bool isNobodyThere(QNetworkReply::NetworkError error)
{
    return error == QNetworkReply::ConnectionRefusedError || error == QNetworkReply::RemoteHostClosedError
        || error == QNetworkReply::UnknownNetworkError || error == QNetworkReply::TemporaryNetworkFailureError;
}

} // namespace

HttpWork::HttpWork(QString title, QUrl url) : HttpWork(std::move(title), std::move(url), Deadlines{}) { }

HttpWork::HttpWork(QString title, QUrl url, Deadlines deadlines)
    : Job(std::move(title)), m_url(std::move(url)), m_deadlines(deadlines)
{
}

HttpWork::~HttpWork() = default;

void HttpWork::doStart()
{
    m_network = std::make_unique<QNetworkAccessManager>();
    m_network->setProxy(QNetworkProxy::NoProxy);
    m_began = monotonicNanoseconds();
    ask();
}

void HttpWork::doCancel()
{
    if (m_reply != nullptr)
        m_reply->abort(); // finished() follows
    else
        finish(m_reasonToEnd ? *m_reasonToEnd : cancelled());
}

void HttpWork::giveUp(Error error)
{
    if (isFinished() || m_reasonToEnd)
        return;
    m_reasonToEnd = std::move(error);
    doCancel();
}

void HttpWork::ask()
{
    if (isFinished())
        return;
    QNetworkRequest request(m_url);
    request.setTransferTimeout(static_cast<int>(m_deadlines.work.count()));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    m_answer.clear();
    m_asked = monotonicNanoseconds();
    m_reply = m_network->get(request);
    connect(m_reply, &QNetworkReply::readyRead, this, [this] {
        m_answer += m_reply->readAll();
        if (m_answer.size() > kAnswerLimitBytes)
            m_reply->abort();
    });
    connect(m_reply, &QNetworkReply::finished, this, &HttpWork::onReplyFinished);
}

void HttpWork::onReplyFinished()
{
    QNetworkReply* reply = std::exchange(m_reply, nullptr);
    reply->deleteLater();
    m_duration = std::chrono::nanoseconds(monotonicNanoseconds() - m_asked);
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const std::string what = "GET " + m_url.toString().toStdString() + ": ";
    if (m_reasonToEnd)
        finish(*m_reasonToEnd);
    else if (isCancelRequested())
        finish(cancelled());
    else if (m_answer.size() > kAnswerLimitBytes)
        finish(Error{ ErrorCode::Corrupt, what + "the answer is larger than 64 KiB", 0, {} });
    else if (status == 0 && isNobodyThere(reply->error()))
        askAgainOr(Error{ ErrorCode::Unavailable, what + reply->errorString().toStdString(), 0,
            "Read its log: the server in it may have failed." });
    else if (status != 200)
        finish(Error{ ErrorCode::Io,
            what + (status == 0 ? reply->errorString().toStdString() : "answered " + std::to_string(status)), 0, {} });
    else
        finish({});
}

void HttpWork::askAgainOr(Error error)
{
    const auto waited = std::chrono::nanoseconds(monotonicNanoseconds() - m_began);
    if (waited > m_deadlines.answer)
        finish(std::move(error));
    else
        QTimer::singleShot(kPause, this, &HttpWork::ask);
}

} // namespace twinhull
