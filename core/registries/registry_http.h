// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/images/skopeo.h"
#include "core/jobs/thread_job.h"

#include <QByteArray>
#include <QNetworkAccessManager>
#include <QString>
#include <QUrl>

namespace twinhull {

struct RegistryAnswer {
    int status = 0; ///< of HTTP
    QByteArray body; ///< at most 8 MiB
    QByteArray challenge; ///< WWW-Authenticate
    QUrl next; ///< where the list goes on (RFC 8288, rel="next"); empty at its end
};

/// GET requests to one registry: by https, and without TLS only where the person allows it; with the kept login where
/// the registry asks for one (Basic), or with the token that its own server gives for it (Bearer, Docker Registry
/// "Token Authentication"). Lives on the thread that makes it.
class RegistryHttp {
public:
    RegistryHttp(std::string host, RegistryAccess access, JobContext& context);

    /// `path` begins with "/", and may have a query. An answer of any status is an answer; Unavailable where nobody
    /// answers, Timeout after half a minute of silence, Cancelled. Blocks.
    Result<RegistryAnswer> get(const QString& path);

private:
    Result<RegistryAnswer> ask(const QUrl& url, const QByteArray& authorization);
    Result<RegistryAnswer> answerTo(const RegistryAnswer& refusal, const QUrl& url);
    Result<QByteArray> tokenFor(const QByteArray& challenge);
    QUrl urlOf(const QString& path, const QString& scheme) const;
    bool mayDoWithoutTls() const { return m_access.verifiesTls == false; }

    std::string m_host;
    RegistryAccess m_access;
    JobContext& m_context;
    QNetworkAccessManager m_network;
    QString m_scheme; ///< empty until one worked
    QByteArray m_authorization; ///< what was accepted
};

} // namespace twinhull
