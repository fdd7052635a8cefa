// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_dialog.h"

#include "core/settings/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kPadding = 16;
constexpr int kWidth = 480;

template <typename Widget>
Widget* named(Widget* widget, const QString& accessibleName, const char* objectName)
{
    widget->setAccessibleName(accessibleName);
    widget->setObjectName(QLatin1String(objectName));
    return widget;
}

void choose(QComboBox& box, const QString& value)
{
    box.setCurrentIndex(std::max(0, box.findData(value)));
}

} // namespace

SettingsDialog::SettingsDialog(Settings& settings, QWidget* parent)
    : QDialog(parent)
    , m_settings(settings)
    , m_theme(named(new QComboBox, tr("Theme"), "settingsTheme"))
    , m_libvirtUri(named(new QLineEdit, tr("libvirt connection"), "settingsLibvirtUri"))
    , m_acceleration(named(new QComboBox, tr("Acceleration of VMs"), "settingsAcceleration"))
    , m_confirmRemove(new QCheckBox(tr("Ask before something is removed")))
{
    setWindowTitle(tr("Settings"));
    setObjectName(QStringLiteral("settingsDialog"));
    m_theme->addItem(tr("As the desktop"), QStringLiteral("system"));
    m_theme->addItem(tr("Light"), QStringLiteral("light"));
    m_theme->addItem(tr("Dark"), QStringLiteral("dark"));
    m_acceleration->addItem(tr("Hardware where it works, else emulated"), QStringLiteral("auto"));
    m_acceleration->addItem(tr("Always hardware (KVM)"), QStringLiteral("kvm"));
    m_acceleration->addItem(tr("Always emulated (TCG)"), QStringLiteral("tcg"));
    m_confirmRemove->setObjectName(QStringLiteral("settingsConfirmRemove"));
    choose(*m_theme, settings.value(setting::kTheme));
    choose(*m_acceleration, settings.value(setting::kVmAcceleration));
    m_libvirtUri->setText(settings.value(setting::kLibvirtUri));
    m_confirmRemove->setChecked(settings.value(setting::kConfirmRemove));

    auto* note = new QLabel(tr("Connection and acceleration are used from the next start of the program on; VMs that "
                               "run are not touched."));
    note->setWordWrap(true);
    note->setProperty("muted", true);
    auto* form = new QFormLayout;
    form->addRow(tr("Theme"), m_theme);
    form->addRow(tr("libvirt connection"), m_libvirtUri);
    form->addRow(tr("Acceleration of VMs"), m_acceleration);
    form->addRow(QString(), m_confirmRemove);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(tr("Save settings"), QDialogButtonBox::AcceptRole)->setProperty("primary", true);
    connect(buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addLayout(form);
    layout->addWidget(note);
    layout->addWidget(buttons);
    setMinimumWidth(kWidth);
}

void SettingsDialog::accept()
{
    const QString uri = m_libvirtUri->text().trimmed();
    m_settings.setValue(setting::kLibvirtUri, uri.isEmpty() ? setting::kLibvirtUri.defaultValue : uri);
    m_settings.setValue(setting::kVmAcceleration, m_acceleration->currentData().toString());
    m_settings.setValue(setting::kConfirmRemove, m_confirmRemove->isChecked());
    m_settings.setValue(setting::kTheme, m_theme->currentData().toString());
    QDialog::accept();
}

} // namespace twinhull
