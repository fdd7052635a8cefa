// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/capacity_dialog.h"

#include "core/base/text.h"
#include "core/twin/twin_command.h"
#include "core/workload/plan_command.h"
#include "ui/twin/twin_fields.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLineEdit>
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
    , m_reserve(new QLineEdit)
    , m_pressure(new QDoubleSpinBox)
    , m_check(new QCheckBox(tr("Start as many as were foretold")))
    , m_checkLimit(new QSpinBox)
    , m_fields(new TwinFields(QStringLiteral("capacity"), this))
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
    buildLimits();
    m_fields->addTo(*form());
    connect(m_fields, &TwinFields::changed, this, &CapacityDialog::describe);
    complete();
}

void CapacityDialog::buildLimits()
{
    m_reserve->setObjectName(QStringLiteral("capacityReserve"));
    m_reserve->setAccessibleName(tr("Memory that stays available"));
    m_reserve->setPlaceholderText(tr("a twentieth of this computer's"));
    m_reserve->setToolTip(tr("As many fit as leave this much available."));
    m_pressure->setObjectName(QStringLiteral("capacityPressure"));
    m_pressure->setAccessibleName(tr("Greatest memory pressure"));
    m_pressure->setRange(0, 100);
    m_pressure->setDecimals(1);
    m_pressure->setSuffix(tr(" %"));
    m_pressure->setValue(kPressureLimit);
    m_pressure->setToolTip(tr("It stops when tasks waited for memory for more than this share of ten seconds."));
    connect(m_reserve, &QLineEdit::textChanged, this, &CapacityDialog::describe);
    connect(m_pressure, &QDoubleSpinBox::valueChanged, this, &CapacityDialog::describe);
    form()->addRow(tr("Keep available"), m_reserve);
    form()->addRow(tr("Memory pressure"), m_pressure);
    m_check->setObjectName(QStringLiteral("capacityCheck"));
    m_check->setToolTip(tr("Afterwards, to see whether what was foretold is true. All are removed again."));
    connect(m_check, &QCheckBox::toggled, this, &CapacityDialog::describe);
    form()->addRow(tr("Check"), m_check);
    m_checkLimit->setObjectName(QStringLiteral("capacityCheckLimit"));
    m_checkLimit->setAccessibleName(tr("How many of each are started at most to check it"));
    m_checkLimit->setRange(kFewestStarts, kMostStarts);
    m_checkLimit->setValue(kMostStarts);
    m_checkLimit->setPrefix(tr("up to "));
    m_checkLimit->setToolTip(tr("Those that were measured included. Where more are foretold, it is checked so far."));
    m_checkLimit->setEnabled(false);
    connect(m_check, &QCheckBox::toggled, m_checkLimit, &QSpinBox::setEnabled);
    connect(m_checkLimit, &QSpinBox::valueChanged, this, &CapacityDialog::describe);
    form()->addRow(QString(), m_checkLimit);
}

Result<CapacityPlan> CapacityDialog::plan() const
{
    CapacityPlan plan;
    plan.twin.imageReference = imageReference();
    plan.starts = m_starts->value();
    plan.pressureLimit = m_pressure->value();
    plan.isChecked = m_check->isChecked();
    plan.checkLimit = m_checkLimit->value();
    if (const QString reserve = m_reserve->text().trimmed(); !reserve.isEmpty()) {
        const auto bytes = parseSize(reserve.toStdString());
        if (!bytes)
            return Error{ ErrorCode::InvalidArgument,
                tr("memory that stays available %1: not a size").arg(reserve).toStdString(), 0,
                tr("Write it as 512M or 1.5G.").toStdString() };
        plan.reserveBytes = *bytes;
    }
    if (auto applied = m_fields->apply(plan.twin); !applied)
        return std::move(applied).error();
    return plan;
}

QString CapacityDialog::problem() const
{
    if (!m_containers->isChecked() && !m_vms->isChecked())
        return tr("Choose at least one kind.");
    const auto known = plan();
    return known ? QString() : QString::fromStdString(known.error().toLine());
}

QString CapacityDialog::equivalentCommand() const
{
    const bool areBoth = m_containers->isChecked() && m_vms->isChecked();
    const auto kind = m_vms->isChecked() ? WorkloadKind::Vm : WorkloadKind::Container;
    return shellLine(capacityCommand(*plan(), areBoth ? std::nullopt : std::optional(kind)));
}

QString CapacityDialog::whatWillBeDone() const
{
    const QString reserve = m_reserve->text().trimmed();
    return tr("Starts %1 of each, one after the other, reads what each further one costs this computer, and removes "
              "them again. It stops early when tasks wait for memory for more than %2 % of the time. %3 is left free.")
               .arg(m_starts->value())
               .arg(m_pressure->value())
               .arg(reserve.isEmpty() ? tr("A twentieth of the memory") : reserve)
        + (m_check->isChecked() ? QLatin1Char(' ')
                    + tr("Then it starts as many as were foretold, up to %1 of each, and tells whether they fit.")
                          .arg(m_checkLimit->value())
                                : QString());
}

void CapacityDialog::finish()
{
    std::vector<CapacityPlan> plans;
    CapacityPlan wanted = *plan(); // checked: the button is disabled otherwise
    if (m_containers->isChecked())
        plans.push_back(wanted);
    wanted.kind = WorkloadKind::Vm;
    if (m_vms->isChecked())
        plans.push_back(wanted);
    Q_EMIT chosen(plans);
}

} // namespace twinhull
