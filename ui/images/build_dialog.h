// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_build.h"
#include "ui/page/app_context.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

#include <memory>

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace twinhull {

class Job;
class JobOutput;
class PathEditor;

/// Asks what to build, and shows what the build says while it runs. A build goes on when the dialog is closed: it is a
/// job as others are.
class BuildDialog : public QDialog {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit BuildDialog(AppContext& context, QWidget* parent = nullptr);
    ~BuildDialog() override;

    void setFolder(const QString& folder);

private:
    QWidget* makeFields();
    QWidget* makeButtons();
    PathEditor* addPath(QFormLayout& form, const QString& label, bool isFolder, const char* name);
    Result<BuildPlan> plan() const;
    QString command(const BuildPlan& plan) const;
    void look();
    void act();
    void start(BuildPlan plan);
    void drain();
    void end();

    AppContext& m_context;
    PathEditor* m_folder = nullptr;
    PathEditor* m_file = nullptr;
    QLineEdit* m_name = nullptr;
    QPlainTextEdit* m_arguments = nullptr;
    QLineEdit* m_target = nullptr;
    QCheckBox* m_cache = nullptr;
    QCheckBox* m_pull = nullptr;
    QWidget* m_fields;
    QLabel* m_text;
    QPlainTextEdit* m_view;
    QPushButton* m_act = nullptr;
    QTimer m_timer;
    std::shared_ptr<JobOutput> m_output;
    std::uint64_t m_shown = 0; ///< of the output
    std::shared_ptr<QString> m_made;
    QPointer<Job> m_job; ///< while it runs
};

} // namespace twinhull
