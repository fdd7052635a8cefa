// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_reader.h"
#include "ui/page/app_context.h"

#include <QDialog>

#include <map>
#include <memory>
#include <optional>

class QFormLayout;
class QLabel;
class QPushButton;
class QSpinBox;

namespace twinhull {

class CommandBar;
class Job;

/// How many containers each service of an application has. The Compose file that its containers name is read again; it
/// says which services can have more than one, and why another cannot.
class ScaleDialog : public QDialog {
    Q_OBJECT

public:
    /// The context must outlive this.
    ScaleDialog(AppContext& context, QString project, QWidget* parent = nullptr);
    ~ScaleDialog() override;

Q_SIGNALS:
    void checked(); ///< the file was read

private:
    QWidget* makeForm();
    void check();
    void present(const Result<ComposeReading>& reading);
    void addService(const ComposeService& service, unsigned count);
    QMap<QString, unsigned> changes() const; ///< of services whose number is another now
    void look();
    QString commandOf(const QMap<QString, unsigned>& changed) const; ///< of a file that is read
    void apply();

    AppContext& m_context;
    QString m_name;
    QLabel* m_text;
    QFormLayout* m_form = nullptr;
    QLabel* m_losses; ///< what goes where a number sinks
    CommandBar* m_command;
    QPushButton* m_apply = nullptr;
    std::unique_ptr<Job> m_check;
    std::optional<ComposeProject> m_project;
    std::map<QString, QSpinBox*> m_counts; ///< by service
    QMap<QString, unsigned> m_before;
};

} // namespace twinhull
