// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/machine_actions.h"

#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"

#include <QMenu>

#include <algorithm>

namespace twinhull {

namespace {

/// What a host's own desktop keeps for itself.
const std::vector<QStringList> kOfferedKeys{
    { QStringLiteral("ctrl"), QStringLiteral("alt"), QStringLiteral("delete") },
    { QStringLiteral("ctrl"), QStringLiteral("alt"), QStringLiteral("backspace") },
    { QStringLiteral("ctrl"), QStringLiteral("alt"), QStringLiteral("f1") },
    { QStringLiteral("ctrl"), QStringLiteral("alt"), QStringLiteral("f2") },
    { QStringLiteral("ctrl"), QStringLiteral("alt"), QStringLiteral("f7") },
    { QStringLiteral("print") },
};

QString keysText(const QStringList& keys)
{
    QStringList words;
    for (const QString& key : keys)
        words << key.left(1).toUpper() + key.mid(1);
    return words.join(u'+');
}

} // namespace

MachineActions::MachineActions(AppContext& context, QObject* parent) : QObject(parent), m_context(context) { }

MachinePower* MachineActions::powerOf(const WorkloadInfo& info) const
{
    auto* has = dynamic_cast<HasMachinePower*>(m_context.workloads.provider(info.id.kind));
    return has != nullptr ? &has->power() : nullptr;
}

bool MachineActions::any(Capability capability) const
{
    return std::any_of(m_selection.begin(), m_selection.end(), [this, capability](const WorkloadInfo& info) {
        return powerOf(info) != nullptr && info.capabilities.testFlag(capability);
    });
}

void MachineActions::submit(Capability needed, const Make& make)
{
    for (const WorkloadInfo& info : m_selection) {
        auto* power = powerOf(info);
        if (power != nullptr && info.capabilities.testFlag(needed))
            submitWithRetry(m_context.jobs, [power, make, id = info.id] { return make(*power, id); });
    }
}

void MachineActions::addAction(QMenu& menu, const QString& text, const char* name, Capability needed, const Make& make)
{
    auto* action = menu.addAction(text, this, [this, needed, make] { submit(needed, make); });
    action->setObjectName(QLatin1String(name));
    action->setEnabled(any(needed));
}

void MachineActions::fillContextMenu(QMenu& menu)
{
    const bool hasMachine = std::any_of(
        m_selection.begin(), m_selection.end(), [this](const WorkloadInfo& info) { return powerOf(info) != nullptr; });
    if (!hasMachine)
        return;
    auto* own = menu.addMenu(tr("Machine"));
    own->setObjectName(QStringLiteral("machine"));
    addAction(*own, tr("Reboot"), "machineReboot", Capability::Stop,
        [](MachinePower& power, const WorkloadId& id) { return power.reboot(id); });
    addAction(*own, tr("Reset"), "machineReset", Capability::ForceOff,
        [](MachinePower& power, const WorkloadId& id) { return power.reset(id); });
    addAction(*own, tr("Save its memory and switch off"), "machineSave", Capability::Stop,
        [](MachinePower& power, const WorkloadId& id) { return power.save(id); });
    addAction(*own, tr("Throw the saved memory away"), "machineDiscard", Capability::Start,
        [](MachinePower& power, const WorkloadId& id) { return power.discardSaved(id); });
    auto* keys = own->addMenu(tr("Press keys"));
    keys->setObjectName(QStringLiteral("machineKeys"));
    keys->setEnabled(any(Capability::Stop));
    for (const QStringList& each : kOfferedKeys)
        addAction(*keys, keysText(each), "", Capability::Stop,
            [each](MachinePower& power, const WorkloadId& id) { return power.sendKeys(id, each); });
}

} // namespace twinhull
