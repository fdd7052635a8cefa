// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/ssh_button.h"

#include "core/settings/ssh_users.h"
#include "core/workload/plan_command.h"
#include "core/workload/workload_connection.h"
#include "ui/widgets/fields_dialog.h"

namespace twinhull {

namespace {

constexpr std::chrono::seconds kAddressAskedAgain{ 10 };
const QString kSshUserField = QStringLiteral("User");

MachineGuest* guestBehind(const AppContext& context, const WorkloadInfo& info)
{
    auto* owner = dynamic_cast<HasMachineGuest*>(providerOf(context.workloads, info.id));
    return owner != nullptr ? &owner->guest() : nullptr;
}

QString uriBehind(const AppContext& context, const WorkloadInfo& info)
{
    const auto* has = dynamic_cast<const HasConnection*>(providerOf(context.workloads, info.id));
    const auto status = has != nullptr ? has->connectionStatus() : std::nullopt;
    return status ? status->uri : QString();
}

/// What stands below the field: the command, or what is wrong with it.
FieldsDialog::Verdict verdictOn(const SshPlace& place, const QString& user)
{
    const auto words = sshCommand(place, { user, {}, {} });
    return words ? FieldsDialog::Verdict{ shellLine(*words), true }
                 : FieldsDialog::Verdict{ QString::fromStdString(words.error().toLine()), false };
}

} // namespace

SshButton::SshButton(AppContext& context, QWidget* parent) : QPushButton(tr("SSH…"), parent), m_context(context)
{
    setObjectName(QStringLiteral("terminalSsh"));
    setAccessibleName(tr("Log in by ssh"));
    setVisible(false);
    m_timer.setInterval(kAddressAskedAgain);
    connect(&m_timer, &QTimer::timeout, this, &SshButton::read);
    connect(this, &QPushButton::clicked, this, &SshButton::ask);
}

SshButton::~SshButton() = default;

void SshButton::present(const WorkloadInfo& info, const QString& refusal)
{
    const bool isNews = info.id != m_info.id || info.state != m_info.state;
    m_info = info;
    m_refusal = refusal;
    if (isNews) {
        m_facts.reset();
        m_problem.clear();
    }
    setVisible(guestBehind(m_context, info) != nullptr);
    presentPlace();
    if (isNews)
        read();
}

void SshButton::showEvent(QShowEvent* event)
{
    QPushButton::showEvent(event);
    m_timer.start();
    read();
}

void SshButton::hideEvent(QHideEvent* event)
{
    QPushButton::hideEvent(event);
    m_timer.stop();
}

/// One question at a time: an agent may hang. What was asked of another machine, or of an earlier run, is dropped.
void SshButton::read()
{
    auto* guest = guestBehind(m_context, m_info);
    if (guest == nullptr || m_info.state != WorkloadState::Running || !isVisible())
        return;
    if (m_reading && !m_reading->isFinished())
        return;
    if (m_reading)
        m_reading.release()->deleteLater(); // this may be its own signal
    const auto facts = std::make_shared<GuestFacts>();
    m_reading = guest->read(m_info, facts);
    connect(m_reading.get(), &Job::finished, this,
        [this, facts, asked = m_info.id, started = m_info.startedAt, job = m_reading.get()] {
            if (asked != m_info.id || started != m_info.startedAt) {
                QMetaObject::invokeMethod(this, &SshButton::read, Qt::QueuedConnection);
                return;
            }
            const auto& result = job->result();
            m_problem = result ? QString() : QString::fromStdString(result.error().toLine());
            if (result)
                m_facts = *facts;
            presentPlace();
        });
    m_reading->start();
}

Result<SshPlace> SshButton::place() const
{
    return sshPlaceOf(m_info, m_facts.value_or(GuestFacts()), uriBehind(m_context, m_info));
}

void SshButton::presentPlace()
{
    const auto found = place();
    const auto installed = checkSshInstalled();
    const bool isAsking = !found && !m_facts && m_info.state == WorkloadState::Running;
    QString why = m_refusal;
    if (!installed)
        why = QString::fromStdString(installed.error().toLine());
    else if (isAsking)
        why = tr("needs an address: %1").arg(m_problem.isEmpty() ? tr("asking for it…") : m_problem);
    else if (!found)
        why = QString::fromStdString(found.error().toLine());
    setEnabled(why.isEmpty());
    const QString tip = why.isEmpty() ? tr("Runs ssh to %1 in a terminal").arg(found->address) : why;
    setToolTip(tip);
    setAccessibleDescription(tip);
}

void SshButton::ask()
{
    const auto found = place();
    if (!found)
        return presentPlace();
    auto* dialog = new FieldsDialog(
        { tr("SSH to %1").arg(m_info.name), tr("Log in"), QStringLiteral("sshTo") },
        { { kSshUserField, tr("User"), Field::Kind::Text, sshUserOf(m_context.settings, m_info.id.key),
            tr("as ssh is configured") } },
        [to = *found](const FieldsDialog::Values& values) { return verdictOn(to, values[kSshUserField]); }, window());
    connect(dialog, &FieldsDialog::chosen, this, [this, to = *found, machine = m_info](const auto& values) {
        const QString user = values[kSshUserField];
        const auto words = sshCommand(to, { user, {}, {} });
        if (!words)
            return;
        keepSshUser(m_context.settings, machine.id.key, user);
        Q_EMIT chosen(machine, user, *words);
    });
    dialog->open();
}

} // namespace twinhull
