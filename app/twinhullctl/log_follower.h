// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/log_printer.h"
#include "core/base/result.h"
#include "core/workload/open_logs.h"

#include <QFileSystemWatcher>

#include <vector>

namespace twinhull {

/// Hands a log file to its printer, and goes on when it grows (inotify). Where it is rotated, what it still said and
/// all files that came after it are printed, in order. Starts again from the top when the file was cut.
class LogFollower : public QObject {
    Q_OBJECT

public:
    LogFollower(const QString& path, LogPrinter printer, QObject* parent);

    /// What is wanted of what is there: files of openLogs(), each standing where its wanted part begins. Once, first.
    Result<> begin(std::vector<OpenLog> files);

    /// What was written since, and what has no line end yet.
    Result<> printRest();
    void watch();

private:
    /// Whether all is told that is there now; else somebody writes faster than we tell.
    enum class Told { All, NotAll };

    Result<> printFile();
    Result<Told> goOn();
    void onChanged();

    QString m_path;
    LogPrinter m_printer;
    OpenLog m_file; ///< null before there is one
    QFileSystemWatcher m_watcher;
};

} // namespace twinhull
