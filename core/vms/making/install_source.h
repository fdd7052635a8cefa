// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/jobs/thread_job.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <string>

namespace twinhull {

/// What an installer is taken from: files by their path below it, which is plain (isPlainPath()). All of it may be
/// anybody's: sizes are limited, and nothing leads out of a folder or an ISO file. Worker threads only.
class InstallSource {
public:
    virtual ~InstallSource() = default;

    virtual Result<bool> has(const QString& path, JobContext& context) const = 0;
    /// A small text, at most 4 MiB; NotFound where it is not there.
    virtual Result<QByteArray> read(const QString& path, JobContext& context) const = 0;
    /// Into a new file, with progress; at most 1 GiB. What it had made until a failure is the caller's to remove.
    virtual Result<> fetch(const QString& path, const std::string& target, JobContext& context) const = 0;
};

/// An http or https address, or the absolute path of a folder or an ISO file; NotFound where there is no such path.
Result<std::unique_ptr<InstallSource>> openInstallSource(const QString& location);

/// Letters, digits and "._+~-" between slashes; not absolute, and no ".." in it.
bool isPlainPath(const QString& path);

} // namespace twinhull
