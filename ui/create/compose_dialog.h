// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_reader.h"
#include "ui/page/app_context.h"

#include <QDialog>
#include <QFileSystemWatcher>
#include <QTimer>

#include <memory>
#include <optional>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace twinhull {

class CommandBar;
class Job;
class PathEditor;

/// Asks for a Compose file, tells what is in it and what is wrong with it, and brings it up. The file is looked at
/// again when it changes. What is brought up is a job as others are.
class ComposeDialog : public QDialog {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit ComposeDialog(AppContext& context, QWidget* parent = nullptr);
    ~ComposeDialog() override;

    void setFile(const QString& path);

Q_SIGNALS:
    void checked(); ///< what it shows is of the file that is named

private:
    QWidget* makeFields();
    QStringList profiles() const;
    QStringList environmentFiles() const; ///< absolute: what is typed is as from the Compose file's folder
    void watch(const QStringList& paths);
    void checkSoon();
    void check();
    void present(const Result<ComposeReading>& reading);
    QString servicesText(const ComposeProject& project) const;
    void showCommand();
    void run();

    AppContext& m_context;
    PathEditor* m_file = nullptr;
    QLabel* m_services = nullptr;
    QLineEdit* m_profiles = nullptr;
    PathEditor* m_environmentFiles = nullptr;
    QPlainTextEdit* m_findings;
    CommandBar* m_command;
    QPushButton* m_run = nullptr;
    QTimer m_delay;
    QFileSystemWatcher m_watcher;
    std::unique_ptr<Job> m_check;
    std::optional<ComposeProject> m_project; ///< that can be run
};

} // namespace twinhull
