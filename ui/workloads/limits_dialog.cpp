// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/limits_dialog.h"

#include "core/base/text.h"
#include "core/workload/plan_command.h"
#include "ui/widgets/property_style.h"

#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QThread>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kLimitsPadding = 16;
constexpr int kLimitsWidth = 380;
constexpr int kMostProcesses = 4'194'304; // PID_MAX_LIMIT

/// Empty: no limit.
QString memoryText(const ResourceLimits& limits)
{
    const QStringList words = limitWords({ limits.memoryBytes, {}, {} });
    return words.isEmpty() ? QString() : words.back();
}

/// 0: no limit; nothing where it is no size.
std::optional<std::uint64_t> memoryFrom(const QString& text)
{
    if (text.trimmed().isEmpty())
        return 0;
    const auto bytes = parseSize(text.toStdString());
    return bytes ? std::optional(*bytes) : std::nullopt;
}

template <typename T>
std::optional<T> ifOther(T now, const std::optional<T>& before)
{
    return now == before.value_or(T{}) ? std::nullopt : std::optional(now);
}

} // namespace

LimitsDialog::LimitsDialog(const WorkloadInfo& info, QWidget* parent)
    : QDialog(parent)
    , m_before(info.limits)
    , m_memory(new QLineEdit(memoryText(info.limits)))
    , m_cpus(new QDoubleSpinBox)
    , m_pids(new QSpinBox)
    , m_problem(new QLabel)
{
    setObjectName(QStringLiteral("limitsDialog"));
    setWindowTitle(tr("Limits of %1").arg(info.name));
    m_memory->setObjectName(QStringLiteral("limitsMemory"));
    m_memory->setAccessibleName(tr("Memory"));
    m_memory->setPlaceholderText(tr("no limit; like 256M or 1.5G"));
    m_cpus->setObjectName(QStringLiteral("limitsCpus"));
    m_cpus->setAccessibleName(tr("CPUs"));
    m_cpus->setRange(0, std::max(1, QThread::idealThreadCount()));
    m_cpus->setSingleStep(0.25);
    m_cpus->setSpecialValueText(tr("no limit"));
    m_cpus->setValue(info.limits.cpus.value_or(0));
    if (info.limits.cpus)
        m_before.cpus = m_cpus->value(); // as it is rounded here: what is not touched stays
    m_pids->setObjectName(QStringLiteral("limitsPids"));
    m_pids->setAccessibleName(tr("Processes"));
    m_pids->setRange(0, kMostProcesses);
    m_pids->setSpecialValueText(tr("no limit"));
    m_pids->setValue(static_cast<int>(info.limits.pids.value_or(0)));
    m_problem->setProperty("warning", true);
    m_problem->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_apply = buttons->addButton(tr("Apply"), QDialogButtonBox::AcceptRole);
    m_apply->setObjectName(QStringLiteral("limitsApply"));
    setStyleProperty(*m_apply, "primary");
    auto* form = new QFormLayout;
    form->addRow(tr("Memory"), m_memory);
    form->addRow(tr("CPUs"), m_cpus);
    form->addRow(tr("Processes"), m_pids);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(kLimitsPadding, kLimitsPadding, kLimitsPadding, kLimitsPadding);
    rows->setSpacing(kLimitsPadding);
    rows->addLayout(form);
    rows->addWidget(m_problem);
    rows->addWidget(buttons);
    setMinimumWidth(kLimitsWidth);
    connect(m_memory, &QLineEdit::textChanged, this, &LimitsDialog::check);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, &LimitsDialog::onAccepted);
    check();
}

void LimitsDialog::check()
{
    const bool isSize = memoryFrom(m_memory->text()).has_value();
    m_problem->setText(isSize ? QString() : tr("Memory: write it like 256M or 1.5G, or leave it empty."));
    m_problem->setVisible(!isSize);
    m_apply->setEnabled(isSize);
}

void LimitsDialog::onAccepted()
{
    WorkloadChange change;
    change.memoryBytes = ifOther(memoryFrom(m_memory->text()).value_or(0), m_before.memoryBytes);
    change.cpus = ifOther(m_cpus->value(), m_before.cpus);
    change.pids = ifOther(static_cast<std::uint32_t>(m_pids->value()), m_before.pids);
    accept();
    if (change.memoryBytes || change.cpus || change.pids)
        Q_EMIT chosen(change);
}

} // namespace twinhull
