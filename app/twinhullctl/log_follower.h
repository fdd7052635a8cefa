// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFile>
#include <QFileSystemWatcher>

namespace twinhull {

/// Copies a log file to standard output and goes on when it grows (inotify). Starts again from the top when the file
/// was replaced or cut.
class LogFollower : public QObject {
    Q_OBJECT

public:
    LogFollower(const QString& path, QObject* parent);

    /// What was written since the last call. A log that does not exist yet is empty.
    Result<> printNew();
    void watch();

private:
    void onFolderChanged();

    QString m_path;
    QFile m_file;
    QFileSystemWatcher m_watcher;
};

} // namespace twinhull
