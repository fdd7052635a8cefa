// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/image_machine_row.h"

#include <QComboBox>

namespace twinhull {

ImageMachineRow::ImageMachineRow(QWidget* parent) : ImageMachineRow(new QComboBox, parent) { }

ImageMachineRow::ImageMachineRow(QComboBox* box, QWidget* parent) : FormRow(tr("Machine"), box, parent), m_box(box)
{
    m_box->setObjectName(QStringLiteral("imageMachine"));
    m_box->addItem(tr("Automatic"), static_cast<int>(MachineChoice::Automatic));
    m_box->addItem(QStringLiteral("q35"), static_cast<int>(MachineChoice::Q35));
    m_box->addItem(QStringLiteral("microvm"), static_cast<int>(MachineChoice::Microvm));
    connect(m_box, &QComboBox::currentIndexChanged, this, [this] {
        showReason();
        Q_EMIT chosen();
    });
    showReason();
}

MachineChoice ImageMachineRow::choice() const
{
    return static_cast<MachineChoice>(m_box->currentData().toInt());
}

void ImageMachineRow::showReason()
{
    const QString reason = choice() == MachineChoice::Q35 ? tr("Starts everywhere; devices can be plugged in.")
        : choice() == MachineChoice::Microvm
        ? tr("Fewest devices, no PCI; emulated it takes more of a processor at rest.")
        : tr("microvm where KVM runs and QEMU knows it, else q35.");
    setNote(reason);
    m_box->setAccessibleDescription(reason);
}

} // namespace twinhull
