// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_canvas.h"
#include "ui/console/log_feed.h"
#include "ui/console/log_search.h"

#include <QFileSystemWatcher>
#include <QTimer>
#include <QWidget>

#include <memory>

class QComboBox;
class QDateTime;
class QLabel;
class QLineEdit;
class QToolButton;

namespace twinhull {

class LogTimes;

/// A log with all its older files, followed as it grows: search with a count, streams, levels and times apart,
/// copy, save.
class LogView : public QWidget {
    Q_OBJECT

public:
    explicit LogView(QWidget* parent = nullptr);
    ~LogView() override;

    /// An empty path shows that there is no log.
    void setPath(const QString& path);
    void setLastStart(const QDateTime& start); ///< of that workload; invalid: it does not run
    QString text() const; ///< what copying all of it gives
    bool isSettled() const; ///< all that was there has been read and searched

Q_SIGNALS:
    /// The person wants the log as a file of that name.
    void saveRequested(const QString& logPath, const QString& target);

protected:
    void showEvent(QShowEvent* event) override;

private:
    enum class Direction { Next, Previous };

    QWidget* makeBar();
    QWidget* makeSearch();
    void watch();
    void readSoon();
    void onGrown();
    void onSettled(const QString& failure, bool hasGap);
    void applyStretch(); ///< of time, to the lines that are known by now
    void applyFilter();
    void showNotice(const QString& notice);
    void search();
    void find(Direction direction);
    void showCount();
    void copy();
    void askTarget();

    QString m_path;
    QFileSystemWatcher m_watcher;
    QTimer m_readTimer;
    LogCanvas* m_canvas;
    QLabel* m_notice;
    QLineEdit* m_text = nullptr;
    QLabel* m_count = nullptr;
    QToolButton* m_previous = nullptr;
    QToolButton* m_next = nullptr;
    QComboBox* m_filter = nullptr;
    LogTimes* m_times = nullptr;
    LogLineRange m_range; ///< of the chosen times
    bool m_hasNoTimes = false; ///< though some were asked for
    QToolButton* m_follow = nullptr;
    bool m_mustJump = false; ///< to the first line that is found
    std::uint64_t m_readTo = 0;
    std::unique_ptr<LogFeed> m_feed;
    std::unique_ptr<LogSearch> m_search;
};

} // namespace twinhull
