// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <QByteArray>
#include <QUrl>

#include <chrono>
#include <memory>
#include <optional>

class QNetworkAccessManager;
class QNetworkReply;

namespace twinhull {

/// One HTTP GET of a published port. Asks again while nobody answers (the entrypoint runs, its server may not listen
/// yet); any answer but 200 fails.
class HttpWork : public Job {
    Q_OBJECT

public:
    struct Deadlines {
        std::chrono::milliseconds answer = std::chrono::seconds(60); ///< for the server to come up
        std::chrono::milliseconds work = std::chrono::minutes(10); ///< for one answer
    };

    HttpWork(QString title, QUrl url);
    HttpWork(QString title, QUrl url, Deadlines deadlines);
    ~HttpWork() override;

    /// Ends it with that error: nobody will answer any more.
    void giveUp(Error error);

    /// From the request that was answered to its last byte; after success.
    std::chrono::nanoseconds duration() const { return m_duration; }
    /// The answer's first 64 KiB; the rest is a failure.
    const QByteArray& answer() const { return m_answer; }

protected:
    void doStart() override;
    void doCancel() override;

private:
    void ask();
    void onReplyFinished();
    void askAgainOr(Error error);

    QUrl m_url;
    Deadlines m_deadlines;
    std::optional<Error> m_reasonToEnd;
    std::unique_ptr<QNetworkAccessManager> m_network;
    QNetworkReply* m_reply = nullptr; ///< the network's child while a request is under way
    std::int64_t m_began = 0; ///< CLOCK_MONOTONIC, nanoseconds
    std::int64_t m_asked = 0;
    std::chrono::nanoseconds m_duration{};
    QByteArray m_answer;
};

} // namespace twinhull
