// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/downloads/download.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <QEventLoop>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTimer>

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>

namespace twinhull {

namespace {

constexpr int kLookMilliseconds = 200;
constexpr int kMostRedirects = 5;
constexpr qint64 kHeldBytes = 1 << 20; ///< what the network holds while the disk is slow
constexpr int kHttpOk = 200;
constexpr int kHttpNotFound = 404;
constexpr int kHttpGone = 410;

enum class Asking { Get, Head };

using Taker = std::function<Result<>(const QByteArray&)>;

/// One request, to its end.
class Request {
public:
    Request(const QUrl& url, const DownloadLimits& limits, JobContext& context)
        : m_url(url), m_limits(limits), m_context(context)
    {
        m_network.setTransferTimeout(static_cast<int>(limits.silence.count()));
    }

    Result<> run(Asking asking, Taker take, DownloadProgress tell = {})
    {
        m_take = std::move(take);
        m_tell = std::move(tell);
        QNetworkRequest request(m_url);
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::NoLessSafeRedirectPolicy);
        request.setMaximumRedirectsAllowed(kMostRedirects);
        request.setRawHeader("Accept-Encoding", "identity"); // a file is wanted as it is
        m_reply.reset(asking == Asking::Get ? m_network.get(request) : m_network.head(request));
        m_reply->setReadBufferSize(kHeldBytes);
        follow();
        if (m_failure)
            return *std::exchange(m_failure, {});
        if (m_reply->error() != QNetworkReply::NoError || status() != kHttpOk)
            return errorOfReply();
        return takeIn(m_reply->readAll());
    }

private:
    int status() const { return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(); }

    void follow()
    {
        QEventLoop loop;
        QTimer look;
        QObject::connect(&look, &QTimer::timeout, m_reply.get(), [this] {
            if (m_context.isCancelled())
                end(Error{ ErrorCode::Cancelled, "cancelled", 0, {} });
        });
        QObject::connect(m_reply.get(), &QNetworkReply::readyRead, m_reply.get(), [this] {
            if (m_failure || status() != kHttpOk)
                return;
            if (auto taken = takeIn(m_reply->readAll()); !taken)
                end(std::move(taken).error());
        });
        QObject::connect(m_reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
        look.start(kLookMilliseconds);
        if (!m_reply->isFinished())
            loop.exec();
    }

    void end(Error error)
    {
        if (m_failure)
            return;
        m_failure = std::move(error);
        m_reply->abort();
    }

    Result<> takeIn(const QByteArray& bytes)
    {
        m_done += static_cast<std::uint64_t>(bytes.size());
        if (m_done > m_limits.mostBytes)
            return Error{ ErrorCode::Corrupt, name() + " is larger than " + formatBytes(m_limits.mostBytes), 0,
                "Check the address: such a file should not be there" };
        if (m_tell)
            m_tell(m_done, m_reply->header(QNetworkRequest::ContentLengthHeader).toULongLong());
        return bytes.isEmpty() || !m_take ? Result<>() : m_take(bytes);
    }

    std::string name() const { return m_url.toString().toStdString(); }

    Error errorOfReply() const
    {
        if (status() == kHttpNotFound || status() == kHttpGone)
            return { ErrorCode::NotFound, "there is no " + name(), 0, "Check the address" };
        const auto error = m_reply->error();
        if (error == QNetworkReply::OperationCanceledError || error == QNetworkReply::TimeoutError)
            return { ErrorCode::Timeout, "the server of " + name() + " does not answer", 0,
                "Check the network and the address, then try again" };
        const std::string cause
            = status() != 0 && status() != kHttpOk ? "HTTP " + std::to_string(status()) : reasonOf(*m_reply);
        return { ErrorCode::Unavailable, "fetch " + name() + ": " + cause, 0,
            "Check the network and the address, then try again" };
    }

    static std::string reasonOf(const QNetworkReply& reply)
    {
        return reply.error() == QNetworkReply::NoError ? "no answer of HTTP" : reply.errorString().toStdString();
    }

    QUrl m_url;
    DownloadLimits m_limits;
    JobContext& m_context;
    QNetworkAccessManager m_network;
    std::unique_ptr<QNetworkReply> m_reply;
    Taker m_take;
    DownloadProgress m_tell;
    std::uint64_t m_done = 0;
    std::optional<Error> m_failure;
};

} // namespace

Result<QUrl> downloadUrl(const QString& text)
{
    const auto wrong = [&text](const char* what, const char* hint) {
        return Error{ ErrorCode::InvalidArgument, "\"" + text.left(80).toStdString() + "\" " + what, 0, hint };
    };
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty()
        || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https")))
        return wrong("is no address of a server", "Write it as https://HOST/PATH");
    if (!url.userInfo().isEmpty())
        return wrong("has a login in it, which others would see", "Leave it out");
    if (url.hasQuery() || url.hasFragment())
        return wrong("has more than a path", "Leave out what follows ? or #");
    return url;
}

Result<QByteArray> downloadText(const QUrl& url, const DownloadLimits& limits, JobContext& context)
{
    QByteArray text;
    auto done = Request(url, limits, context).run(Asking::Get, [&text](const QByteArray& bytes) -> Result<> {
        text += bytes;
        return {};
    });
    return done ? Result<QByteArray>(std::move(text)) : std::move(done).error();
}

Result<bool> isThereToDownload(const QUrl& url, const DownloadLimits& limits, JobContext& context)
{
    auto asked = Request(url, limits, context).run(Asking::Head, {});
    if (asked)
        return true;
    return asked.error().code == ErrorCode::NotFound ? Result<bool>(false) : std::move(asked).error();
}

Result<> downloadFile(const QUrl& url, const std::string& path, const DownloadLimits& limits, JobContext& context,
    const DownloadProgress& tell)
{
    const auto file = openPath(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!file)
        return Error(file.error());
    auto done = Request(url, limits, context)
                    .run(
                        Asking::Get,
                        [&file](const QByteArray& bytes) {
                            return writeAll(
                                *file, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
                        },
                        tell);
    if (!done)
        return done;
    return ::fsync(file->fd()) == 0 ? Result<>() : Error::fromErrno(errno, "write " + path);
}

} // namespace twinhull
