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
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kPadding = 16;
constexpr int kWidth = 480;
constexpr int kNoteGap = 4; // between a box and what it means
constexpr int kClosedPort = 1023; // the first that any user may open is the next

template <typename Widget>
Widget* named(Widget* widget, const QString& accessibleName, const char* objectName)
{
    widget->setAccessibleName(accessibleName);
    widget->setObjectName(QLatin1String(objectName));
    return widget;
}

QLabel* mutedNote()
{
    auto* note = new QLabel;
    note->setWordWrap(true);
    note->setProperty("muted", true);
    return note;
}

void choose(QComboBox& box, const QString& value)
{
    box.setCurrentIndex(std::max(0, box.findData(value)));
}

} // namespace

SettingsDialog::SettingsDialog(Settings& settings, const LoginStart& login, QWidget* parent)
    : QDialog(parent)
    , m_settings(settings)
    , m_login(login)
    , m_theme(named(new QComboBox, tr("Theme"), "settingsTheme"))
    , m_libvirtUri(named(new QLineEdit, tr("libvirt connection"), "settingsLibvirtUri"))
    , m_acceleration(named(new QComboBox, tr("Acceleration of VMs"), "settingsAcceleration"))
    , m_confirmRemove(new QCheckBox(tr("Ask before something is removed")))
    , m_confirmForceOff(new QCheckBox(tr("Ask before a machine is forced off or reset")))
    , m_loginStart(new QCheckBox(tr("Start containers again at login")))
    , m_loginNote(mutedNote())
    , m_metricsPort(named(new QSpinBox, tr("Figures for Prometheus, port"), "settingsMetricsPort"))
{
    setWindowTitle(tr("Settings"));
    setObjectName(QStringLiteral("settingsDialog"));
    fill();
    fillLoginStart();
    auto* note = mutedNote();
    note->setText(tr("Connection and acceleration are used from the next start of the program on; VMs that run are not "
                     "touched."));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(tr("Save settings"), QDialogButtonBox::AcceptRole)->setProperty("primary", true);
    connect(buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addLayout(form());
    layout->addWidget(note);
    layout->addWidget(buttons);
    setMinimumWidth(kWidth);
}

void SettingsDialog::fill()
{
    m_theme->addItem(tr("As the desktop"), QStringLiteral("system"));
    m_theme->addItem(tr("Light"), QStringLiteral("light"));
    m_theme->addItem(tr("Dark"), QStringLiteral("dark"));
    m_acceleration->addItem(tr("Hardware where it works, else emulated"), QStringLiteral("auto"));
    m_acceleration->addItem(tr("Always hardware (KVM)"), QStringLiteral("kvm"));
    m_acceleration->addItem(tr("Always emulated (TCG)"), QStringLiteral("tcg"));
    m_confirmRemove->setObjectName(QStringLiteral("settingsConfirmRemove"));
    m_confirmForceOff->setObjectName(QStringLiteral("settingsConfirmForceOff"));
    m_metricsPort->setRange(kClosedPort, 65535);
    m_metricsPort->setSpecialValueText(tr("Off"));
    m_metricsPort->setToolTip(tr("Prometheus reads them at http://127.0.0.1:PORT/metrics. Every user of this computer "
                                 "can, names included. The lowest value turns it off."));
    choose(*m_theme, m_settings.value(setting::kTheme));
    choose(*m_acceleration, m_settings.value(setting::kVmAcceleration));
    m_libvirtUri->setText(m_settings.value(setting::kLibvirtUri));
    m_confirmRemove->setChecked(m_settings.value(setting::kConfirmRemove));
    m_confirmForceOff->setChecked(m_settings.value(setting::kConfirmForceOff));
    m_metricsPort->setValue(std::max(kClosedPort, m_settings.value(setting::kMetricsPort)));
}

void SettingsDialog::fillLoginStart()
{
    const bool isOn = m_login.service.isEnabled();
    const bool canBe = m_login.lingering != Lingering::Unknown && !m_login.service.program.empty();
    m_loginStart->setObjectName(QStringLiteral("settingsLoginStart"));
    m_loginStart->setChecked(isOn);
    m_loginStart->setEnabled(canBe || isOn); // what was turned on elsewhere can be turned off
    m_loginStart->setToolTip(tr("Installs a unit of your own systemd, or removes it: %1")
                                 .arg(QString::fromStdString(m_login.service.unitPath())));
    const QString which
        = tr("Those with the restart policy always, and with unless-stopped where you did not stop them.");
    QString when = tr("Lingering is on, so that is when the computer starts, and they outlive a logout.");
    if (!canBe)
        when = tr("It needs systemd, which does not run on this computer.");
    else if (m_login.lingering == Lingering::Off)
        when = tr("They end with your last logout. To have them run from the start of the computer on: loginctl "
                  "enable-linger");
    m_loginNote->setText(which + u' ' + when);
    m_loginNote->setObjectName(QStringLiteral("settingsLoginNote"));
    m_loginNote->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_loginStart->setAccessibleDescription(m_loginNote->text());
}

QLayout* SettingsDialog::form()
{
    auto* form = new QFormLayout;
    form->addRow(tr("Theme"), m_theme);
    form->addRow(tr("libvirt connection"), m_libvirtUri);
    form->addRow(tr("Acceleration of VMs"), m_acceleration);
    form->addRow(tr("Figures for Prometheus, port"), m_metricsPort);
    form->addRow(QString(), m_confirmRemove);
    form->addRow(QString(), m_confirmForceOff);
    auto* login = new QVBoxLayout;
    login->setSpacing(kNoteGap);
    login->addWidget(m_loginStart);
    login->addWidget(m_loginNote);
    form->addRow(QString(), login);
    return form;
}

void SettingsDialog::accept()
{
    const QString uri = m_libvirtUri->text().trimmed();
    m_settings.setValue(setting::kLibvirtUri, uri.isEmpty() ? setting::kLibvirtUri.defaultValue : uri);
    m_settings.setValue(setting::kVmAcceleration, m_acceleration->currentData().toString());
    m_settings.setValue(setting::kConfirmRemove, m_confirmRemove->isChecked());
    m_settings.setValue(setting::kConfirmForceOff, m_confirmForceOff->isChecked());
    const int port = m_metricsPort->value();
    m_settings.setValue(setting::kMetricsPort, port == kClosedPort ? 0 : port);
    m_settings.setValue(setting::kTheme, m_theme->currentData().toString());
    const bool isWanted = m_loginStart->isChecked();
    if (isWanted != m_login.service.isEnabled() || (isWanted && !m_login.service.isCurrent()))
        Q_EMIT loginServiceRequested(isWanted ? LoginServiceChange::Enable : LoginServiceChange::Disable);
    QDialog::accept();
}

} // namespace twinhull
