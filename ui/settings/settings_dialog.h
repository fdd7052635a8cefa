// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;

namespace twinhull {

class Settings;

/// What a person may set of the program. Written when it is accepted; who is concerned follows Settings::changed().
class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    /// The settings must outlive this.
    explicit SettingsDialog(Settings& settings, QWidget* parent = nullptr);

    void accept() override;

private:
    void fill();
    QLayout* form();

    Settings& m_settings;
    QComboBox* m_theme;
    QLineEdit* m_libvirtUri;
    QComboBox* m_acceleration;
    QCheckBox* m_confirmRemove;
    QSpinBox* m_metricsPort;
};

} // namespace twinhull
