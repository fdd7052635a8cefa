// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/capacity_dialog.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QSpinBox>

namespace twinhull {

namespace {

constexpr int kUsualStarts = 4;

} // namespace

CapacityDialog::CapacityDialog(const std::vector<ImageInfo>& images, const QString& chosenDigest, QWidget* parent)
    : MeasureDialog({ QStringLiteral("capacity"), tr("How many more fit"), tr("Start and measure") }, images, parent)
    , m_containers(new QCheckBox(tr("Containers")))
    , m_vms(new QCheckBox(tr("VMs")))
    , m_starts(new QSpinBox)
{
    chooseImage(chosenDigest);
    m_containers->setObjectName(QStringLiteral("capacityContainers"));
    m_vms->setObjectName(QStringLiteral("capacityVms"));
    for (QCheckBox* kind : { m_containers, m_vms }) {
        kind->setChecked(true);
        connect(kind, &QCheckBox::toggled, this, &CapacityDialog::describe);
    }
    m_starts->setObjectName(QStringLiteral("capacityStarts"));
    m_starts->setAccessibleName(tr("How many of each are started"));
    m_starts->setRange(kFewestStarts, kMostStarts);
    m_starts->setValue(kUsualStarts);
    connect(m_starts, &QSpinBox::valueChanged, this, &CapacityDialog::describe);
    form()->addRow(tr("Start"), m_containers);
    form()->addRow(QString(), m_vms);
    form()->addRow(tr("Of each"), m_starts);
    complete();
}

QString CapacityDialog::problem() const
{
    return m_containers->isChecked() || m_vms->isChecked() ? QString() : tr("Choose at least one kind.");
}

QString CapacityDialog::whatWillBeDone() const
{
    return tr("Starts %1 of each, one after the other, reads what each further one costs this computer, and removes "
              "them again. It stops early when tasks wait for memory for more than %2 % of the time. A twentieth of "
              "the memory is left free.")
        .arg(m_starts->value())
        .arg(kPressureLimit);
}

void CapacityDialog::finish()
{
    std::vector<CapacityPlan> plans;
    CapacityPlan plan;
    plan.twin.imageReference = imageReference();
    plan.starts = m_starts->value();
    if (m_containers->isChecked())
        plans.push_back(plan);
    plan.kind = WorkloadKind::Vm;
    if (m_vms->isChecked())
        plans.push_back(plan);
    Q_EMIT chosen(plans);
}

} // namespace twinhull
