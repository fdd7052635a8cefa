// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/joint_log.h"

#include <QFileSystemWatcher>
#include <QTimer>
#include <QWidget>

#include <optional>

class QDateTime;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace twinhull {

class LogTimes;

struct NamedLog {
    QString name; ///< before each line of it
    QString path;

    friend bool operator==(const NamedLog&, const NamedLog&) = default;
};

/// The latest lines of several containers as one log in the order of time, followed as they grow; or those of a
/// stretch of time.
class JointLogView : public QWidget {
    Q_OBJECT

public:
    static constexpr int kKeptLines = 20'000;

    explicit JointLogView(QWidget* parent = nullptr);

    void setLogs(const std::vector<NamedLog>& logs);
    void setLastStart(const QDateTime& start); ///< of the application; invalid: it does not run
    QString text() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    void restart();
    void watch();
    void readSoon();
    void readNow();
    void append(const std::vector<JointLogLine>& lines);
    void findNext();

    std::vector<NamedLog> m_logs;
    std::optional<JointLog> m_log;
    QFileSystemWatcher m_watcher;
    QTimer m_readTimer;
    QPlainTextEdit* m_view;
    QLabel* m_notice;
    QLineEdit* m_search = nullptr;
    LogTimes* m_times = nullptr;
    QToolButton* m_follow = nullptr;
};

} // namespace twinhull
