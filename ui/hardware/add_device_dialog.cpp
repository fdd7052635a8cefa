// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/add_device_dialog.h"

#include "ui/hardware/device_form.h"
#include "ui/hardware/disk_origin.h"
#include "ui/hardware/host_device_choice.h"
#include "ui/widgets/accept_buttons.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kAddPadding = 16;
constexpr int kAddWidth = 720;
const QString kSourceKey = QStringLiteral("source");

} // namespace

AddDeviceDialog::AddDeviceDialog(const QString& machine, const HardwareDevice& kind, QWidget* parent)
    : QDialog(parent), m_form(new DeviceForm)
{
    setObjectName(QStringLiteral("addDevice"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Add to %1: %2").arg(machine, kind.title));
    m_form->setDevice(kind);
    auto* text = new QLabel(tr("What is left empty is chosen by libvirt."));
    text->setProperty("muted", true);
    const auto buttons = makeAcceptButtons(*this, tr("Add"), QStringLiteral("addDeviceAccept"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kAddPadding, kAddPadding, kAddPadding, kAddPadding);
    layout->setSpacing(kAddPadding);
    if (kind.kind == u"disk") {
        m_origin = new DiskOrigin;
        layout->addWidget(m_origin);
        connect(m_origin, &DiskOrigin::changed, this, &AddDeviceDialog::noteOrigin);
        noteOrigin();
    }
    if (kind.kind == u"usb" || kind.kind == u"pci") {
        m_hostDevices = new HostDeviceChoice(kind.kind);
        layout->addWidget(m_hostDevices);
        connect(m_hostDevices, &HostDeviceChoice::chosen, this, [this](const QString& value) {
            if (auto* line = m_form->findChild<QLineEdit*>(QStringLiteral("hardware-device")))
                line->setText(value);
        });
    }
    layout->addWidget(m_form, 1);
    layout->addWidget(text);
    layout->addWidget(buttons.box);
    setMinimumWidth(kAddWidth);
    connect(buttons.box, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT chosen(values());
        accept();
    });
}

void AddDeviceDialog::setPools(const QStringList& names)
{
    if (m_origin != nullptr)
        m_origin->setPools(names);
}

QMap<QString, QString> AddDeviceDialog::values() const
{
    auto values = m_form->changes();
    if (m_origin == nullptr || !m_origin->isNew())
        return values;
    values.remove(kSourceKey);
    values.insert(m_origin->values());
    return values;
}

/// A new disk has no file to be named yet.
void AddDeviceDialog::noteOrigin()
{
    if (auto* source = m_form->findChild<QWidget*>(QStringLiteral("hardware-") + kSourceKey))
        source->setEnabled(!m_origin->isNew());
}

} // namespace twinhull
