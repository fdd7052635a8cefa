// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/jobs/thread_job.h"

#include <QByteArray>
#include <QUrl>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace twinhull {

/// What a server, which may be anybody's, is let do.
struct DownloadLimits {
    std::uint64_t mostBytes = 0; ///< more is Corrupt
    std::chrono::milliseconds silence = std::chrono::seconds(30); ///< then it is Timeout
};

/// A person's word made an address that can be asked: http or https, with a host and without a login, which would be
/// shown and passed on. InvalidArgument tells what is wrong.
Result<QUrl> downloadUrl(const QString& text);

/// The answer to a GET. Redirections are followed, at most five, and never from https to http. NotFound where the
/// server has no such file; Unavailable where nobody answers, or with another error; Cancelled. Blocks: worker threads
/// only, as the others here.
Result<QByteArray> downloadText(const QUrl& url, const DownloadLimits& limits, JobContext& context);

/// Whether the server has it (HEAD).
Result<bool> isThereToDownload(const QUrl& url, const DownloadLimits& limits, JobContext& context);

using DownloadProgress = std::function<void(std::uint64_t done, std::uint64_t total)>; ///< total 0: not known

/// Into a new file, which is complete and on the disk after success, and the caller's to remove after a failure.
Result<> downloadFile(const QUrl& url, const std::string& path, const DownloadLimits& limits, JobContext& context,
    const DownloadProgress& tell);

} // namespace twinhull
