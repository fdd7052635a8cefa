// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_decoder.h"
#include "ui/console/log_tail.h"

#include <QFileSystemWatcher>
#include <QTimer>
#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace twinhull {

/// The end of a log file, followed as it grows: search, copy, times and streams where the log has them.
class LogView : public QWidget {
    Q_OBJECT

public:
    static constexpr int kKeptLines = 20'000;

    explicit LogView(QWidget* parent = nullptr);

    /// An empty path shows that there is no log.
    void setPath(const QString& path);
    QString text() const;

Q_SIGNALS:
    /// The person wants the log as a file of that name.
    void saveRequested(const QString& logPath, const QString& target);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    void watch();
    void readSoon();
    void readNow();
    void append(const std::vector<LogEntry>& entries);
    void showNotice(const QString& notice);
    void findNext();
    void markFound();
    void copyAll();
    void askTarget();

    QString m_path;
    std::optional<LogTail> m_tail;
    LogDecoder m_decoder;
    QFileSystemWatcher m_watcher;
    QTimer m_readTimer;
    QPlainTextEdit* m_view;
    QLabel* m_notice;
    QLineEdit* m_search = nullptr;
    QToolButton* m_follow = nullptr;
};

} // namespace twinhull
