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
constexpr int kClosedPort = 1023; // the first that any user may open is the next

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
    , m_metricsPort(named(new QSpinBox, tr("Figures for Prometheus, port"), "settingsMetricsPort"))
{
    setWindowTitle(tr("Settings"));
    setObjectName(QStringLiteral("settingsDialog"));
    fill();
    auto* note = new QLabel(tr("Connection and acceleration are used from the next start of the program on; VMs that "
                               "run are not touched."));
    note->setWordWrap(true);
    note->setProperty("muted", true);
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
    m_metricsPort->setRange(kClosedPort, 65535);
    m_metricsPort->setSpecialValueText(tr("Off"));
    m_metricsPort->setToolTip(tr("Prometheus reads them at http://127.0.0.1:PORT/metrics. Every user of this computer "
                                 "can, names included. The lowest value turns it off."));
    choose(*m_theme, m_settings.value(setting::kTheme));
    choose(*m_acceleration, m_settings.value(setting::kVmAcceleration));
    m_libvirtUri->setText(m_settings.value(setting::kLibvirtUri));
    m_confirmRemove->setChecked(m_settings.value(setting::kConfirmRemove));
    m_metricsPort->setValue(std::max(kClosedPort, m_settings.value(setting::kMetricsPort)));
}

QLayout* SettingsDialog::form()
{
    auto* form = new QFormLayout;
    form->addRow(tr("Theme"), m_theme);
    form->addRow(tr("libvirt connection"), m_libvirtUri);
    form->addRow(tr("Acceleration of VMs"), m_acceleration);
    form->addRow(tr("Figures for Prometheus, port"), m_metricsPort);
    form->addRow(QString(), m_confirmRemove);
    return form;
}

void SettingsDialog::accept()
{
    const QString uri = m_libvirtUri->text().trimmed();
    m_settings.setValue(setting::kLibvirtUri, uri.isEmpty() ? setting::kLibvirtUri.defaultValue : uri);
    m_settings.setValue(setting::kVmAcceleration, m_acceleration->currentData().toString());
    m_settings.setValue(setting::kConfirmRemove, m_confirmRemove->isChecked());
    const int port = m_metricsPort->value();
    m_settings.setValue(setting::kMetricsPort, port == kClosedPort ? 0 : port);
    m_settings.setValue(setting::kTheme, m_theme->currentData().toString());
    QDialog::accept();
}

} // namespace twinhull
