// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/autostart_box.h"

#include "core/jobs/job_queue.h"
#include "core/workload/workload_connection.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"

namespace twinhull {

AutostartBox::AutostartBox(AppContext& context, QWidget* parent)
    : QCheckBox(tr("Start with this computer"), parent), m_context(context)
{
    setObjectName(QStringLiteral("hardwareAutostart"));
    setToolTip(tr("libvirt starts it with its own daemon: with the computer, or with your login"));
    setEnabled(false);
    connect(this, &QCheckBox::clicked, this, &AutostartBox::change);
}

MachinePower* AutostartBox::power() const
{
    auto* owner = dynamic_cast<HasMachinePower*>(providerOf(m_context.workloads, m_info.id));
    return owner != nullptr ? &owner->power() : nullptr;
}

void AutostartBox::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    m_info = info;
    setVisible(power() != nullptr);
    if (isOther) {
        setEnabled(false);
        setChecked(false);
        read();
    }
}

void AutostartBox::showEvent(QShowEvent* event)
{
    QCheckBox::showEvent(event);
    read(); // others may have changed it meanwhile
}

void AutostartBox::read()
{
    auto* switches = power();
    if (switches == nullptr || m_info.id.key.isEmpty())
        return;
    const auto isOn = std::make_shared<bool>(false);
    if (m_reading)
        m_reading.release()->deleteLater(); // an older question
    m_reading = switches->readAutostart(m_info.id, isOn);
    connect(m_reading.get(), &Job::finished, this, [this, isOn, id = m_info.id, job = m_reading.get()] {
        if (id != m_info.id || job != m_reading.get())
            return;
        const bool isRead = job->state() == Job::State::Succeeded;
        setEnabled(isRead); // one that cannot be read, as of a VM that is not kept, is not set either
        setChecked(isRead && *isOn);
    });
    m_reading->start();
}

void AutostartBox::change(bool isOn)
{
    setEnabled(false);
    Job* job = submitWithRetry(
        m_context.jobs, [switches = power(), id = m_info.id, isOn] { return switches->setAutostart(id, isOn); });
    connect(job, &Job::finished, this, &AutostartBox::read); // shows what became of it
}

} // namespace twinhull
