// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/log_json.h"
#include "core/base/result.h"

#include <QFile>
#include <QFileSystemWatcher>

#include <optional>

namespace twinhull {

/// Copies a log file to standard output, as it is or as JSON, and goes on when it grows (inotify). Starts again from
/// the top when the file was replaced or cut.
class LogFollower : public QObject {
    Q_OBJECT

public:
    LogFollower(const QString& path, std::optional<LogJson> json, QObject* parent);

    /// What was written since the last call. A log that does not exist yet is empty.
    Result<> printNew();
    /// printNew(), and what has no line end yet.
    Result<> printRest();
    void watch();

private:
    void onFolderChanged();

    QString m_path;
    std::optional<LogJson> m_json;
    QFile m_file;
    QFileSystemWatcher m_watcher;
};

} // namespace twinhull
