// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/limits_dialog.h"

#include "core/base/text.h"
#include "core/workload/change_text.h"
#include "core/workload/plan_command.h"
#include "ui/create/form_row.h"
#include "ui/create/more_check.h"
#include "ui/widgets/accept_buttons.h"
#include "ui/widgets/content_height.h"
#include "ui/workloads/fine_limit_rows.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QThread>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kLimitsPadding = 16;
constexpr int kLimitsGap = 12;
constexpr int kLimitsWidth = 680; // two columns of one width
constexpr int kMostRestartsAsked = 1'000'000;
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

LimitsDialog::LimitsDialog(
    const WorkloadInfo& info, const WorkloadPlan& plan, const std::optional<QStringList>& controllers, QWidget* parent)
    : QDialog(parent)
    , m_before(info.limits)
    , m_restartBefore(plan.upkeep.restart)
    , m_memory(new QLineEdit(memoryText(info.limits)))
    , m_cpus(new QDoubleSpinBox)
    , m_pids(new QSpinBox)
    , m_restart(new QComboBox)
    , m_restartMost(new QSpinBox)
{
    m_world.controllers = controllers;
    m_world.hostCpus = std::max(1, QThread::idealThreadCount());
    setObjectName(QStringLiteral("limitsDialog"));
    setWindowTitle(tr("Limits of %1").arg(info.name));
    fillFields(info);
    auto* grid = new QGridLayout;
    grid->setSpacing(kLimitsGap);
    for (const int column : { 0, 1 })
        grid->setColumnStretch(column, 1);
    m_memoryRow = addRow(FormField::Memory, tr("Memory"), m_memory);
    grid->addWidget(m_memoryRow, 0, 0, Qt::AlignTop);
    grid->addWidget(addRow(FormField::Cpus, tr("CPUs"), m_cpus), 0, 1, Qt::AlignTop);
    grid->addWidget(addRow(FormField::Pids, tr("Processes"), m_pids), 1, 0, Qt::AlignTop);
    grid->addWidget(addRow(FormField::Restart, tr("Start again"), makeRestart()), 1, 1, Qt::AlignTop);
    m_fine = new FineLimitRows(plan.fineLimits, m_world, this);
    const auto buttons = makeAcceptButtons(*this, tr("Apply"), QStringLiteral("limitsApply"));
    m_apply = buttons.accept;
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(kLimitsPadding, kLimitsPadding, kLimitsPadding, kLimitsPadding);
    rows->setSpacing(kLimitsGap);
    rows->addLayout(grid);
    rows->addWidget(m_fine);
    rows->addStretch();
    rows->addWidget(buttons.box);
    setMinimumWidth(kLimitsWidth);
    resize(kLimitsWidth, 0);
    connect(m_memory, &QLineEdit::textChanged, this, &LimitsDialog::check);
    connect(m_fine, &FineLimitRows::changed, this, &LimitsDialog::check);
    connect(buttons.box, &QDialogButtonBox::accepted, this, &LimitsDialog::onAccepted);
    check();
}

FormRow* LimitsDialog::addRow(FormField field, const QString& label, QWidget* editor)
{
    auto* row = new FormRow(label, editor, this);
    if (const QString why = whyUseless(field, m_world); !why.isEmpty()) {
        row->setNote(why);
        row->setEditable(false);
        editor->setAccessibleDescription(why);
    }
    return row;
}

void LimitsDialog::fillFields(const WorkloadInfo& info)
{
    m_memory->setObjectName(QStringLiteral("limitsMemory"));
    m_memory->setPlaceholderText(tr("no limit; like 256M or 1.5G"));
    m_cpus->setObjectName(QStringLiteral("limitsCpus"));
    m_cpus->setRange(0, m_world.hostCpus);
    m_cpus->setSingleStep(0.25);
    m_cpus->setSpecialValueText(tr("no limit"));
    m_cpus->setValue(info.limits.cpus.value_or(0));
    if (info.limits.cpus)
        m_before.cpus = m_cpus->value(); // as it is held here: what is not touched stays
    m_pids->setObjectName(QStringLiteral("limitsPids"));
    m_pids->setRange(0, kMostProcesses);
    m_pids->setSpecialValueText(tr("no limit"));
    m_pids->setValue(static_cast<int>(std::min<std::uint32_t>(info.limits.pids.value_or(0), kMostProcesses)));
    if (info.limits.pids)
        m_before.pids = static_cast<std::uint32_t>(m_pids->value());
}

QWidget* LimitsDialog::makeRestart()
{
    auto* both = new QWidget(this);
    auto* line = new QHBoxLayout(both);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_restart, 1);
    line->addWidget(m_restartMost);
    m_restart->setObjectName(QStringLiteral("limitsRestart"));
    for (const auto& [when, name] : { std::pair{ RestartPolicy::When::Never, tr("No") },
             { RestartPolicy::When::OnFailure, tr("When it fails") }, { RestartPolicy::When::Always, tr("Always") },
             { RestartPolicy::When::UnlessStopped, tr("Unless you stopped it") } })
        m_restart->addItem(name, static_cast<int>(when));
    m_restart->setCurrentIndex(m_restart->findData(static_cast<int>(m_restartBefore.when)));
    m_restartMost->setObjectName(QStringLiteral("limitsRestartMost"));
    m_restartMost->setAccessibleName(tr("Times at most"));
    m_restartMost->setRange(0, kMostRestartsAsked);
    m_restartMost->setSpecialValueText(tr("any number"));
    m_restartMost->setValue(static_cast<int>(m_restartBefore.most));
    const auto allow = [this] { m_restartMost->setEnabled(restart().when == RestartPolicy::When::OnFailure); };
    connect(m_restart, &QComboBox::currentIndexChanged, m_restartMost, allow);
    allow();
    both->setFocusProxy(m_restart);
    return both;
}

RestartPolicy LimitsDialog::restart() const
{
    RestartPolicy policy;
    policy.when = static_cast<RestartPolicy::When>(m_restart->currentData().toInt());
    if (policy.when == RestartPolicy::When::OnFailure)
        policy.most = static_cast<unsigned>(m_restartMost->value());
    return policy;
}

std::optional<WorkloadChange> LimitsDialog::change()
{
    const auto memory = memoryFrom(m_memory->text());
    const FieldProblem problem{ tr("Write it like 256M or 1.5G, or leave it empty."), {}, {} };
    if (m_memory->isEnabled()) // else it says why it is not
        m_memoryRow->setProblem(memory ? nullptr : &problem);
    WorkloadChange change;
    change.memoryBytes = ifOther(memory.value_or(0), m_before.memoryBytes);
    change.cpus = ifOther(m_cpus->value(), m_before.cpus);
    change.pids = ifOther(static_cast<std::uint32_t>(m_pids->value()), m_before.pids);
    if (restart() != m_restartBefore)
        change.restart = restart();
    const auto added = m_fine->addTo(change, memory.value_or(0));
    return memory && added ? std::optional(change) : std::nullopt;
}

void LimitsDialog::check()
{
    m_apply->setEnabled(change().has_value());
    growToContent(*this); // for what stands below a field now
}

void LimitsDialog::onAccepted()
{
    const auto wanted = change();
    accept();
    if (wanted && !isNothing(*wanted))
        Q_EMIT chosen(*wanted);
}

} // namespace twinhull
