// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/form_check.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QToolButton;

namespace twinhull {

class FormRow;
class NetworkLine;
class PathEditor;

/// What few people need, in five sections that are folded until they are asked for; one is open at a time.
class MoreOptions : public QWidget {
    Q_OBJECT

public:
    /// `world` says what cannot work on this computer: such a field is off and says why.
    explicit MoreOptions(const FormWorld& world, QWidget* parent = nullptr);

    MoreForm form() const;
    void setForm(const MoreForm& form);
    /// A container has all of it, a VM made from an image some of the first section, others nothing.
    void setKind(NewWorkload kind, bool usesImage);
    /// Those of its own fields stand under them; a section with one is marked.
    void setProblems(const FormProblems& problems);
    /// Networks that are there, to be chosen from.
    void setNetworks(const QStringList& names);

Q_SIGNALS:
    void changed();
    /// Another height is needed; `opened` is what was opened just now, null where something was closed.
    void folded(QWidget* opened);

private:
    struct Section {
        QToolButton* button = nullptr;
        QWidget* panel = nullptr;
        QString title;
        std::vector<FormField> fields;
    };

    QGridLayout* addSection(const QString& name, const QString& title);
    void addProcessSection();
    void addNetworkSection();
    void addSecuritySection();
    void addLimitSection();
    void addUpkeepSection();
    void addHealthRows(QGridLayout& grid);
    void addLogRows(QGridLayout& grid);
    FormRow* addRow(QGridLayout& grid, int place, FormField field, const QString& label, QWidget* editor);
    QLineEdit* addLine(QGridLayout& grid, int place, FormField field, const QString& label, const QString& example);
    QCheckBox* addCheck(QGridLayout& grid, int place, const QString& name, const QString& label, const QString& about);
    void addKeepIdRow(QGridLayout& grid, int place);
    void tellWhatIsUseless();
    void open(std::size_t section);
    void onChanged();
    void countSections();

    FormWorld m_world;
    std::vector<Section> m_sections;
    std::map<FormField, FormRow*> m_rows;
    QLineEdit* m_user = nullptr;
    QLineEdit* m_workingFolder = nullptr;
    QLineEdit* m_entrypoint = nullptr;
    QLineEdit* m_hostName = nullptr;
    QLineEdit* m_stopSignal = nullptr;
    QSpinBox* m_stopSeconds = nullptr;
    FormRow* m_stopSecondsRow = nullptr;
    QPlainTextEdit* m_labels = nullptr;
    QCheckBox* m_init = nullptr;
    QCheckBox* m_keepId = nullptr;
    KeepId m_keptIds; ///< as the form was given them; else the person's own
    NetworkLine* m_networks = nullptr;
    QLineEdit* m_nameServers = nullptr;
    QLineEdit* m_searchDomains = nullptr;
    QLineEdit* m_hosts = nullptr;
    QLineEdit* m_addedCapabilities = nullptr;
    QLineEdit* m_droppedCapabilities = nullptr;
    QComboBox* m_seccomp = nullptr;
    PathEditor* m_seccompFile = nullptr;
    QLineEdit* m_devices = nullptr;
    QLineEdit* m_temporaryFolders = nullptr;
    QLineEdit* m_secrets = nullptr;
    QCheckBox* m_readOnly = nullptr;
    QCheckBox* m_newPrivileges = nullptr;
    QLineEdit* m_swap = nullptr;
    QLineEdit* m_cpuSet = nullptr;
    QLineEdit* m_cpuShares = nullptr;
    QLineEdit* m_deviceRates[4] = {};
    QComboBox* m_restart = nullptr;
    QSpinBox* m_restartMost = nullptr;
    QLineEdit* m_healthCommand = nullptr;
    QLineEdit* m_healthInterval = nullptr;
    QLineEdit* m_healthRetries = nullptr;
    QComboBox* m_onUnhealthy = nullptr;
    QCheckBox* m_removedAtEnd = nullptr;
    QCheckBox* m_noHealthCheck = nullptr;
    QLineEdit* m_logSize = nullptr;
    QLineEdit* m_logFiles = nullptr;
};

} // namespace twinhull
