// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/login_service_job.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace twinhull {

class Settings;

/// What starts containers at login, and whether that can work on this computer.
struct LoginStart {
    LoginService service;
    Lingering lingering = Lingering::Unknown;

    static LoginStart of(const DataFolders& folders) { return { LoginService::of(folders), twinhull::lingering() }; }
};

/// What a person may set of the program. Written when it is accepted; who is concerned follows Settings::changed().
class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    /// The settings must outlive this.
    SettingsDialog(Settings& settings, const LoginStart& login, QWidget* parent = nullptr);

    void accept() override;

Q_SIGNALS:
    void loginServiceRequested(twinhull::LoginServiceChange change);

private:
    void fill();
    void fillLoginStart();
    QLayout* form();

    Settings& m_settings;
    LoginStart m_login;
    QComboBox* m_theme;
    QLineEdit* m_libvirtUri;
    QComboBox* m_acceleration;
    QCheckBox* m_confirmRemove;
    QCheckBox* m_confirmForceOff;
    QCheckBox* m_loginStart;
    QLabel* m_loginNote;
    QSpinBox* m_metricsPort;
};

} // namespace twinhull
