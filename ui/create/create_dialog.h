// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/create_job.h"
#include "ui/create/form_check.h"
#include "ui/page/app_context.h"

#include <QDialog>
#include <QTimer>

#include <map>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace twinhull {

class CommandBar;
class FormRow;
class HostChoice;
class HostNetworks;
class HostVolumes;
class ImageChoice;
class ImageMachineRow;
class KindCard;
class LimitEditor;
class MachineOptions;
class MoreOptions;
class PathEditor;
class TallArea;
struct MachineAdvice;

/// The sheet that makes a container, a VM or a twin: what is chosen shows what it needs, an error stands under its
/// field with a way out, the equivalent command can be copied.
class CreateDialog : public QDialog {
    Q_OBJECT

public:
    CreateDialog(AppContext& context, NewWorkload kind, const QString& imageReference, QWidget* parent = nullptr);
    ~CreateDialog() override;

    CreateForm form() const;
    /// The sheet for a second container like one that is there: all its fields as `plan` has them, and a name that is
    /// free for `name`.
    void fill(const WorkloadPlan& plan, const QString& name);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void layOut();
    QWidget* makeCards();
    QWidget* makeFields();
    QWidget* makeButtons();
    void addSourceFields(QVBoxLayout& column);
    void addWorkFields(QVBoxLayout& column);
    void addWiringFields(QVBoxLayout& column);
    void addLimitFields(QVBoxLayout& column);
    FormRow* addRow(QVBoxLayout& column, FormField field, const QString& label, QWidget* editor);
    void connectEditors();

    NewWorkload kind() const;
    VmSource vmSource() const;
    void onKindChanged();
    void showSource();
    void onHostChanged();
    void lookAtHost();
    void showVolumes();
    FormHost host() const;
    FormWorld world() const;
    void scaleLimits();
    QString nameSource() const;
    void fitHeight();
    void showOpened(QWidget* opened);
    void proposeLimits();
    void onImageChanged();
    void proposeName();
    void checkSoon();
    void check();
    void showProblems(const FormProblems& problems);
    void showCosts();
    void submit(AfterCreate then);
    void keepUntouched(ResourceLimits& limits) const;
    CreateForm typedForm() const;
    void onAdvised(const MachineAdvice& advice);
    void onJudged();

    AppContext& m_context;
    FormProblems m_problems;
    std::map<FormField, FormRow*> m_rows;
    KindCard* m_container;
    KindCard* m_vm;
    KindCard* m_twin;
    HostChoice* m_host;
    HostVolumes* m_volumes;
    HostNetworks* m_networks;
    std::optional<QString> m_lookedAt; ///< whose volumes and networks these are
    QComboBox* m_vmSource;
    ImageChoice* m_image;
    PathEditor* m_medium;
    QLineEdit* m_name;
    QLineEdit* m_command;
    QPlainTextEdit* m_environment;
    QLineEdit* m_ports;
    PathEditor* m_mounts;
    QCheckBox* m_network;
    LimitEditor* m_memory = nullptr;
    LimitEditor* m_cpus = nullptr;
    LimitEditor* m_pids = nullptr;
    LimitEditor* m_disk = nullptr;
    ImageMachineRow* m_imageMachine = nullptr;
    MoreOptions* m_more = nullptr;
    MachineOptions* m_machine = nullptr;
    TallArea* m_area = nullptr;
    QPushButton* m_environmentFile = nullptr;
    FormRow* m_vmSourceRow = nullptr;
    FormRow* m_mediumRow = nullptr;
    QLabel* m_twinNote;
    QLabel* m_heading = nullptr;
    CommandBar* m_commandLine = nullptr;
    QPushButton* m_create = nullptr;
    QPushButton* m_createAndStart = nullptr;
    QTimer m_checkTimer;
    bool m_isNameTyped = false;
    UnseenOptions m_unseen; ///< of the container that fill() was given
    ResourceLimits m_filledLimits; ///< of it, to the byte
    ResourceLimits m_shownLimits; ///< those as the editors show them
    QString m_sizedHost; ///< whose figures these are, another computer's
    std::uint64_t m_hostMemoryBytes = 0; ///< 0: not known
    int m_hostCpus = 0; ///< likewise
};

} // namespace twinhull
