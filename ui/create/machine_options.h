// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_making.h"
#include "ui/create/form_check.h"
#include "ui/page/app_context.h"

#include <QWidget>

#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace twinhull {

class CloudInitPage;
class FormRow;
class MachineAdviser;
class MachinePlaces;
class SystemChoice;
class UnattendedPage;

/// What a VM with a system of its own has in the sheet: its system and firmware, what becomes of a disk, what a cloud
/// image is told; and what would be made of all that, with the reasons.
class MachineOptions : public QWidget {
    Q_OBJECT

public:
    explicit MachineOptions(AppContext& context, QWidget* parent = nullptr);
    ~MachineOptions() override;

    MachineForm form() const;
    void setSource(VmSource source, const FormHost& host);
    MachinePlaces& places() { return *m_places; }
    void setProblems(const FormProblems& problems);
    /// Has it looked at; `asked` holds only what a person typed. `whole` is what would be made.
    void consider(const CreateForm& asked, const CreateForm& whole);
    /// Why it cannot be made, as far as its file was looked at; empty: nothing stands against it.
    QString refusal() const { return m_refusal; }

Q_SIGNALS:
    void changed();
    void advised(const twinhull::MachineAdvice& advice);
    void judged(); ///< refusal() may be another, and another height is needed

private:
    QWidget* makeAdviceArea();
    void onAsked();
    void onAdvised(const MachineAdvice& advice);
    void onRefused(const Error& error);
    void showDefinition();

    AppContext& m_context;
    MachineAdviser* m_adviser;
    SystemChoice* m_system;
    QComboBox* m_firmware;
    QLineEdit* m_enlargedTo;
    FormRow* m_enlargedRow;
    MachinePlaces* m_places;
    QLineEdit* m_arguments;
    FormRow* m_argumentsRow;
    QCheckBox* m_inPlace;
    CloudInitPage* m_cloudInit;
    UnattendedPage* m_unattended;
    QLabel* m_reasons = nullptr;
    QLabel* m_warnings = nullptr;
    QLabel* m_error = nullptr;
    QPushButton* m_definition = nullptr;
    VmSource m_source = VmSource::Iso;
    CreateForm m_whole;
    QString m_refusal;
    std::unique_ptr<Job> m_describing;
};

} // namespace twinhull
