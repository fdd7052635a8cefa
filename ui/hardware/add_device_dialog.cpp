// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/add_device_dialog.h"

#include "ui/hardware/device_form.h"
#include "ui/widgets/property_style.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kAddPadding = 16;
constexpr int kAddWidth = 720;

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
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    auto* add = buttons->addButton(tr("Add"), QDialogButtonBox::AcceptRole);
    add->setObjectName(QStringLiteral("addDeviceAccept"));
    setStyleProperty(*add, "primary");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kAddPadding, kAddPadding, kAddPadding, kAddPadding);
    layout->setSpacing(kAddPadding);
    layout->addWidget(m_form, 1);
    layout->addWidget(text);
    layout->addWidget(buttons);
    setMinimumWidth(kAddWidth);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT chosen(m_form->changes());
        accept();
    });
}

} // namespace twinhull
