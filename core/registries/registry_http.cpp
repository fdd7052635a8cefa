// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registries/registry_http.h"

#include "core/registries/registry_login.h"

#include <QEventLoop>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QRegularExpression>
#include <QTimer>
#include <QUrlQuery>

#include <memory>
#include <utility>

namespace twinhull {

namespace {

constexpr qint64 kMostBytes = 8 << 20;
constexpr int kSilenceMilliseconds = 30'000;
constexpr int kLookMilliseconds = 200;

/// docker.io is a name of images; its servers have others.
std::string serverOf(const std::string& host)
{
    return host == "docker.io" ? "index.docker.io" : host;
}

/// A parameter of a challenge: name="value".
QString parameterOf(const QByteArray& challenge, const QString& name)
{
    const QRegularExpression pattern(QStringLiteral("\\b%1=\"([^\"]*)\"").arg(name));
    return pattern.match(QString::fromLatin1(challenge)).captured(1);
}

QUrl nextOf(const QNetworkReply& reply)
{
    static const QRegularExpression pattern(QStringLiteral("<([^>]*)>\\s*;\\s*rel=\"?next\"?"));
    const auto match = pattern.match(QString::fromLatin1(reply.rawHeader("Link")));
    return match.hasMatch() ? reply.url().resolved(QUrl(match.captured(1))) : QUrl();
}

bool isSame(const QUrl& a, const QUrl& b)
{
    return a.scheme() == b.scheme() && a.host() == b.host() && a.port() == b.port();
}

Error errorOf(const QNetworkReply& reply, const std::string& host)
{
    const std::string cause = reply.errorString().toStdString();
    if (reply.error() == QNetworkReply::OperationCanceledError || reply.error() == QNetworkReply::TimeoutError)
        return { ErrorCode::Timeout, "the registry " + host + " does not answer", 0,
            "Check the network and the registry, then try again." };
    if (reply.error() == QNetworkReply::SslHandshakeFailedError)
        return { ErrorCode::PermissionDenied, "the registry " + host + " has no certificate that is trusted: " + cause,
            0, "Where that is known and well, allow it: tick the box in the window, or use --tls-verify=false." };
    return { ErrorCode::Unavailable, "the registry " + host + " cannot be reached: " + cause, 0,
        "Check its name and the network. For a registry without TLS tick the box in the window, or use "
        "--tls-verify=false." };
}

} // namespace

RegistryHttp::RegistryHttp(std::string host, RegistryAccess access, JobContext& context)
    : m_host(std::move(host)), m_access(std::move(access)), m_context(context)
{
    m_network.setTransferTimeout(kSilenceMilliseconds);
    m_network.setRedirectPolicy(QNetworkRequest::SameOriginRedirectPolicy);
}

QUrl RegistryHttp::urlOf(const QString& path, const QString& scheme) const
{
    return QUrl(scheme + QStringLiteral("://") + QString::fromStdString(serverOf(m_host)) + path);
}

Result<RegistryAnswer> RegistryHttp::get(const QString& path)
{
    QUrl url = urlOf(path, m_scheme.isEmpty() ? QStringLiteral("https") : m_scheme);
    auto answer = ask(url, m_authorization);
    if (!answer && m_scheme.isEmpty() && mayDoWithoutTls() && answer.error().code != ErrorCode::Cancelled) {
        url = urlOf(path, QStringLiteral("http"));
        answer = ask(url, m_authorization);
    }
    if (!answer)
        return answer;
    m_scheme = url.scheme();
    return answer->status == 401 ? answerTo(*answer, url) : answer;
}

/// What it answers to who says whom he is.
Result<RegistryAnswer> RegistryHttp::answerTo(const RegistryAnswer& refusal, const QUrl& url)
{
    if (refusal.challenge.startsWith("Bearer ")) {
        auto token = tokenFor(refusal.challenge);
        if (!token)
            return std::move(token).error();
        m_authorization = "Bearer " + *token;
    } else if (const auto login = keptLogin(m_host, m_access.authFile)) {
        m_authorization = "Basic " + QByteArray::fromStdString(*login);
    } else {
        return refusal;
    }
    return ask(url, m_authorization);
}

/// The server that a registry names may be anybody's: a login goes to it by TLS alone, or where the person does
/// without.
Result<QByteArray> RegistryHttp::tokenFor(const QByteArray& challenge)
{
    QUrl realm(parameterOf(challenge, QStringLiteral("realm")));
    const bool isSafe = realm.scheme() == QLatin1String("https");
    if (!isSafe && !(mayDoWithoutTls() && realm.scheme() == QLatin1String("http")))
        return Error{ ErrorCode::PermissionDenied,
            "the registry " + m_host + " sends for a token to " + realm.toString().toStdString(), 0, {} };
    QUrlQuery query(realm);
    query.addQueryItem(QStringLiteral("service"), parameterOf(challenge, QStringLiteral("service")));
    query.addQueryItem(QStringLiteral("scope"), parameterOf(challenge, QStringLiteral("scope")));
    realm.setQuery(query);
    const auto login = keptLogin(m_host, m_access.authFile);
    auto answer = ask(realm, login ? "Basic " + QByteArray::fromStdString(*login) : QByteArray());
    if (!answer)
        return std::move(answer).error();
    const QJsonObject given = QJsonDocument::fromJson(answer->body).object();
    const QString token = given[QStringLiteral("token")].toString(given[QStringLiteral("access_token")].toString());
    if (answer->status != 200 || token.isEmpty())
        return Error{ ErrorCode::PermissionDenied, "the registry " + m_host + " gives no token", 0,
            "Log in to it: twinhullctl images login " + m_host };
    return token.toLatin1();
}

Result<RegistryAnswer> RegistryHttp::ask(const QUrl& url, const QByteArray& authorization)
{
    QNetworkRequest request(url);
    if (!authorization.isEmpty())
        request.setRawHeader("Authorization", authorization);
    const std::unique_ptr<QNetworkReply> reply(m_network.get(request));
    if (mayDoWithoutTls())
        reply->ignoreSslErrors();
    QEventLoop loop;
    RegistryAnswer answer;
    bool isCancelled = false;
    bool isTooLarge = false;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, reply.get(), [&] {
        isCancelled = m_context.isCancelled();
        if (isCancelled)
            reply->abort();
    });
    QObject::connect(reply.get(), &QNetworkReply::readyRead, reply.get(), [&] {
        answer.body += reply->readAll();
        isTooLarge = answer.body.size() > kMostBytes;
        if (isTooLarge)
            reply->abort();
    });
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    look.start(kLookMilliseconds);
    if (!reply->isFinished())
        loop.exec();
    if (isCancelled)
        return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    if (isTooLarge)
        return Error{ ErrorCode::Corrupt, "the registry " + m_host + " answers with more than 8 MiB", 0, {} };
    answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (answer.status == 0)
        return errorOf(*reply, m_host);
    answer.body += reply->readAll();
    answer.challenge = reply->rawHeader("WWW-Authenticate");
    answer.next = nextOf(*reply);
    if (!isSame(answer.next, url))
        answer.next.clear();
    return answer;
}

} // namespace twinhull
