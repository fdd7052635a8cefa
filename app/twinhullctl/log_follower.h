// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/log_printer.h"
#include "core/base/result.h"

#include <QFile>
#include <QFileSystemWatcher>

#include <utility>
#include <vector>

namespace twinhull {

/// Hands a log file to its printer, and goes on when it grows (inotify). Starts again from the top when the file was
/// replaced or cut.
class LogFollower : public QObject {
    Q_OBJECT

public:
    LogFollower(const QString& path, LogPrinter printer, QObject* parent);

    /// Prints older files, the oldest first, from the offset on that each has.
    Result<> printOlder(const std::vector<std::pair<QString, qint64>>& files);
    void startAt(qint64 offset) { m_start = offset; }

    /// What was written since the last call. A log that does not exist yet is empty.
    Result<> printNew();
    /// printNew(), and what has no line end yet.
    Result<> printRest();
    void watch();

private:
    Result<> goOn();
    void onFolderChanged();

    QString m_path;
    LogPrinter m_printer;
    qint64 m_start = 0;
    QFile m_file;
    QFileSystemWatcher m_watcher;
};

} // namespace twinhull
