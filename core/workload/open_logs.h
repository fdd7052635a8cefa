// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFile>

#include <memory>
#include <vector>

namespace twinhull {

using OpenLog = std::unique_ptr<QFile>; ///< stands at its beginning, unless told otherwise

/// The files of the log at `path`, the oldest first: FILE.1 is the newest of the older ones (core/monitor/log_file.h),
/// FILE.0 where virtlogd rotates. Once they are open no rotation takes one away. With `after` those alone that are
/// newer than it, which may have been removed meanwhile. None where nothing was written yet. All but the last are
/// whole, and the last one is where it is not isLogAt() that path any more: who finds that reads it to its end and asks
/// again.
Result<std::vector<OpenLog>> openLogs(const QString& path, const QFile* after = nullptr);

/// Whether it was the newest file when it was opened and at most one rotation came since: whatever was opened after it
/// is older. False as well where the next file has begun already.
bool isStillNewest(const QFile& open, const QString& path);

/// It was not rotated away.
bool isLogAt(const QFile& open, const QString& path);

} // namespace twinhull
