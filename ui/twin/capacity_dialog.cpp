// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/capacity_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kPadding = 16;
constexpr int kWidth = 520;
constexpr int kUsualStarts = 4;

} // namespace

CapacityDialog::CapacityDialog(const std::vector<ImageInfo>& images, const QString& chosenDigest, QWidget* parent)
    : QDialog(parent)
    , m_image(new QComboBox)
    , m_containers(new QCheckBox(tr("Containers")))
    , m_vms(new QCheckBox(tr("VMs")))
    , m_starts(new QSpinBox)
    , m_description(new QLabel)
{
    setWindowTitle(tr("How many more fit"));
    setObjectName(QStringLiteral("capacityDialog"));
    buildFields(images, chosenDigest);
    buildLayout();
    setMinimumWidth(kWidth);
    connect(m_starts, &QSpinBox::valueChanged, this, &CapacityDialog::describe);
    for (const QCheckBox* kind : { m_containers, m_vms })
        connect(kind, &QCheckBox::toggled, this, &CapacityDialog::describe);
    describe();
}

void CapacityDialog::buildFields(const std::vector<ImageInfo>& images, const QString& chosenDigest)
{
    m_image->setObjectName(QStringLiteral("capacityImage"));
    m_image->setAccessibleName(tr("Image"));
    for (const ImageInfo& image : images) {
        m_image->addItem(image.shortName(), image.references.isEmpty() ? image.digest : image.references.front());
        if (image.digest == chosenDigest)
            m_image->setCurrentIndex(m_image->count() - 1);
    }
    m_containers->setObjectName(QStringLiteral("capacityContainers"));
    m_vms->setObjectName(QStringLiteral("capacityVms"));
    for (QCheckBox* kind : { m_containers, m_vms })
        kind->setChecked(true);
    m_starts->setObjectName(QStringLiteral("capacityStarts"));
    m_starts->setAccessibleName(tr("How many of each are started"));
    m_starts->setRange(kFewestStarts, kMostStarts);
    m_starts->setValue(kUsualStarts);
    m_description->setObjectName(QStringLiteral("capacityDescription"));
    m_description->setWordWrap(true);
    m_description->setProperty("muted", true);
}

void CapacityDialog::buildLayout()
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_run = buttons->addButton(tr("Start and measure"), QDialogButtonBox::AcceptRole);
    m_run->setProperty("primary", true);
    connect(buttons, &QDialogButtonBox::accepted, this, &CapacityDialog::finish);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* form = new QFormLayout;
    form->addRow(tr("Image"), m_image);
    form->addRow(tr("Start"), m_containers);
    form->addRow(QString(), m_vms);
    form->addRow(tr("Of each"), m_starts);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addLayout(form);
    layout->addWidget(m_description);
    layout->addWidget(buttons);
}

void CapacityDialog::describe()
{
    const bool hasImage = m_image->count() > 0;
    const bool hasKind = m_containers->isChecked() || m_vms->isChecked();
    m_run->setEnabled(hasImage && hasKind);
    if (!hasImage)
        m_description->setText(tr("There is no image yet. Load one or make the starter image on the Images page."));
    else if (!hasKind)
        m_description->setText(tr("Choose at least one kind."));
    else
        m_description->setText(
            tr("Starts %1 of each, one after the other, reads what each further one costs this computer, and removes "
               "them again. It stops early when tasks wait for memory for more than %2 % of the time. A twentieth of "
               "the memory is left free.")
                .arg(m_starts->value())
                .arg(kPressureLimit));
}

void CapacityDialog::finish()
{
    std::vector<CapacityPlan> plans;
    CapacityPlan plan;
    plan.twin.imageReference = m_image->currentData().toString();
    plan.starts = m_starts->value();
    if (m_containers->isChecked())
        plans.push_back(plan);
    plan.kind = WorkloadKind::Vm;
    if (m_vms->isChecked())
        plans.push_back(plan);
    Q_EMIT chosen(plans);
    accept();
}

} // namespace twinhull
