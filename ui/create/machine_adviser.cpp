// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/machine_adviser.h"

#include "core/workload/machine_card.h"
#include "ui/create/machine_jobs.h"

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kAskDelay{ 250 };
constexpr std::chrono::milliseconds kAskServerDelay{ 900 }; ///< while an address is typed, no half of it is asked

/// All that an answer depends on.
QStringList questionOf(const CreateForm& form)
{
    const MachineForm& machine = form.machine;
    const CloudInitText& cloud = machine.cloudInit;
    const UnattendedText told = machine.unattended.value_or(UnattendedText());
    return { form.connection(), machine.pool, machine.volume, form.hasNetwork ? cardText(machine.card) : QString(),
        QString::number(static_cast<int>(form.vmSource)), form.mediumPath, QString::number(form.diskBytes),
        QString::number(form.limits.memoryBytes.value_or(0)), QString::number(form.limits.cpus.value_or(0)),
        machine.systemId, QString::number(machine.firmware ? static_cast<int>(*machine.firmware) : -1),
        QString::number(machine.isInPlace ? 1 : 0), machine.enlargedTo, machine.kernelArguments,
        QString::number(machine.unattended ? 1 : 0), told.user, told.password, told.keyFiles, told.hostName, cloud.user,
        cloud.password, cloud.keyFiles, cloud.packages, cloud.hostName, cloud.userDataFile, cloud.networkConfigFile };
}

} // namespace

MachineAdviser::MachineAdviser(AppContext& context, QObject* parent) : QObject(parent), m_context(context)
{
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &MachineAdviser::askNow);
}

MachineAdviser::~MachineAdviser() = default;

void MachineAdviser::ask(const CreateForm& form)
{
    const QStringList question = questionOf(form);
    if (question == m_question)
        return;
    m_question = question;
    m_form = form;
    m_delay.setInterval(form.vmSource == VmSource::Tree ? kAskServerDelay : kAskDelay);
    Q_EMIT asked();
    m_delay.start();
}

void MachineAdviser::askNow()
{
    if (m_job && !m_job->isFinished()) {
        m_isStale = true;
        m_job->cancel(); // a server may let us wait
        return;
    }
    m_isStale = false;
    if (m_job)
        m_job.release()->deleteLater(); // this may be its own signal
    if (!m_form.hasSource())
        return;
    const auto advice = std::make_shared<MachineAdvice>();
    m_job = adviseJob(m_context, m_form, advice);
    if (!m_job)
        return;
    connect(m_job.get(), &Job::finished, this, [this, advice, job = m_job.get()] { onFinished(*job, *advice); });
    m_job->start();
}

void MachineAdviser::onFinished(const Job& job, const MachineAdvice& advice)
{
    if (m_isStale) {
        QMetaObject::invokeMethod(this, &MachineAdviser::askNow, Qt::QueuedConnection);
        return;
    }
    if (m_delay.isActive())
        return; // another question is on its way
    if (job.state() == Job::State::Succeeded)
        Q_EMIT advised(advice);
    else
        Q_EMIT refused(job.result().error());
}

} // namespace twinhull
