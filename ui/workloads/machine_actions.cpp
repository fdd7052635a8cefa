// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/machine_actions.h"

#include "core/workload/workload_connection.h"
#include "core/workload/machine_copies.h"
#include "core/workload/restart_job.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/fields_dialog.h"
#include "ui/workloads/migrate_dialog.h"

#include <QApplication>
#include <QFileDialog>
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

MachineCopies* copiesOf(AppContext& context, const WorkloadInfo& info)
{
    auto* has = dynamic_cast<HasMachineCopies*>(providerOf(context.workloads, info.id));
    return has != nullptr ? &has->copies() : nullptr;
}

bool isOff(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Stopped || info.state == WorkloadState::Failed;
}

} // namespace

MachineActions::MachineActions(AppContext& context, QObject* parent) : QObject(parent), m_context(context) { }

MachinePower* MachineActions::powerOf(const WorkloadInfo& info) const
{
    auto* has = dynamic_cast<HasMachinePower*>(providerOf(m_context.workloads, info.id));
    return has != nullptr ? &has->power() : nullptr;
}

bool MachineActions::any(Capability capability) const
{
    return std::any_of(m_selection.begin(), m_selection.end(), [this, capability](const WorkloadInfo& info) {
        return powerOf(info) != nullptr && info.capabilities.testFlag(capability);
    });
}

/// What became something else since it was asked about, or has gone, is left alone.
void MachineActions::submit(Capability needed, const Make& make, const std::vector<WorkloadInfo>& chosen)
{
    for (const WorkloadInfo& asked : chosen) {
        const WorkloadInfo info = m_context.workloads.find(asked.id).value_or(WorkloadInfo{});
        auto* power = powerOf(info);
        if (power != nullptr && info.capabilities.testFlag(needed))
            submitWithRetry(m_context.jobs, [power, make, id = info.id] { return make(*power, id); });
    }
}

void MachineActions::addAction(QMenu& menu, const QString& text, const char* name, Capability needed, const Make& make)
{
    auto* action = menu.addAction(text, this, [this, needed, make] { submit(needed, make, m_selection); });
    action->setObjectName(QLatin1String(name));
    action->setEnabled(any(needed));
}

void MachineActions::addAskingAction(
    QMenu& menu, const QString& text, const Confirmation& asked, Capability needed, const Make& make)
{
    auto* action = menu.addAction(text, this, [this, asked, needed, make] {
        confirm(QApplication::activeWindow(), asked,
            [this, needed, make, chosen = m_selection] { submit(needed, make, chosen); });
    });
    action->setObjectName(QLatin1String(asked.name));
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
    addAskingAction(*own, tr("Reset…"),
        { "machineReset", tr("Reset it?"),
            tr("It is as if its reset button was pressed: what its system has not written to its disk is lost, and "
               "files may be damaged. Reboot asks it to."),
            tr("&Reset"), &m_context.settings, &setting::kConfirmForceOff },
        Capability::ForceOff, [](MachinePower& power, const WorkloadId& id) { return power.reset(id); });
    addAction(*own, tr("Save its memory and switch off"), "machineSave", Capability::Stop,
        [](MachinePower& power, const WorkloadId& id) { return power.save(id); });
    addAskingAction(*own, tr("Throw the saved memory away…"),
        { "machineDiscard", tr("Throw its saved memory away?"),
            tr("It starts anew then, as after its plug was pulled: what its system had not written to its disk when it "
               "was saved is lost."),
            tr("&Throw away"), &m_context.settings, &setting::kConfirmForceOff },
        Capability::Start, [](MachinePower& power, const WorkloadId& id) { return power.discardSaved(id); });
    addFileActions(*own);
    addInstalling(*own);
    auto* keys = own->addMenu(tr("Press keys"));
    keys->setObjectName(QStringLiteral("machineKeys"));
    keys->setEnabled(any(Capability::Stop));
    for (const QStringList& each : kOfferedKeys)
        addAction(*keys, keysText(each), "", Capability::Stop,
            [each](MachinePower& power, const WorkloadId& id) { return power.sendKeys(id, each); });
    addCopyActions(*own);
}

/// Of one machine: a file is of one.
void MachineActions::addFileActions(QMenu& menu)
{
    const bool isOne = m_selection.size() == 1 && m_selection.front().imageDigest.isEmpty();
    if (!isOne)
        return;
    const WorkloadInfo info = m_selection.front();
    auto* saving = menu.addAction(tr("Save to a file and switch off…"), this, [this, info] { saveTo(info); });
    saving->setObjectName(QStringLiteral("machineSaveTo"));
    saving->setEnabled(info.capabilities.testFlag(Capability::Stop));
    auto* restoring = menu.addAction(tr("Restore from a file…"), this, [this, info] { restoreFrom(info); });
    restoring->setObjectName(QStringLiteral("machineRestoreFrom"));
    restoring->setEnabled(info.capabilities.testFlag(Capability::Start));
}

void MachineActions::saveTo(const WorkloadInfo& info)
{
    auto* dialog = new QFileDialog(QApplication::activeWindow(), tr("Save %1 to a file").arg(info.name));
    dialog->setObjectName(QStringLiteral("saveMachineTo"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // one that is there is refused
    dialog->setDefaultSuffix(QStringLiteral("saved"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, info](const QString& path) {
        submit(Capability::Stop, [path](MachinePower& power, const WorkloadId& id) { return power.saveTo(id, path); },
            { info });
    });
    dialog->open();
}

void MachineActions::restoreFrom(const WorkloadInfo& info)
{
    auto* dialog = new QFileDialog(QApplication::activeWindow(), tr("Restore a VM from a file"));
    dialog->setObjectName(QStringLiteral("restoreMachineFrom"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, info](const QString& path) {
        submit(Capability::Start,
            [path](MachinePower& power, const WorkloadId& id) {
                return power.restoreFrom(id, path, SavedDisks::Unchanged);
            },
            { info });
    });
    dialog->open();
}

/// Where an installation was broken off, and only there.
void MachineActions::addInstalling(QMenu& menu)
{
    std::vector<WorkloadInfo> broken;
    std::copy_if(m_selection.begin(), m_selection.end(), std::back_inserter(broken), [this](const WorkloadInfo& info) {
        const auto* power = powerOf(info);
        return power != nullptr && info.capabilities.testFlag(Capability::Start) && power->hasInstaller(info.id);
    });
    if (broken.empty())
        return;
    auto* action = menu.addAction(tr("Install again"), this, [this, broken] {
        for (const WorkloadInfo& info : broken) {
            auto* provider = providerOf(m_context.workloads, info.id);
            submitWithRetry(m_context.jobs,
                [provider, power = powerOf(info), info] { return installAgainJob(*provider, *power, info); });
        }
    });
    action->setObjectName(QStringLiteral("machineInstall"));
}

void MachineActions::addCopyActions(QMenu& menu)
{
    const bool isOne = m_selection.size() == 1 && copiesOf(m_context, m_selection.front()) != nullptr;
    if (!isOne)
        return;
    const WorkloadInfo info = m_selection.front();
    menu.addSeparator();
    auto* cloning = menu.addAction(tr("Clone…"), this, [this, info] { clone(info); });
    cloning->setObjectName(QStringLiteral("machineClone"));
    cloning->setEnabled(info.imageDigest.isEmpty()); // of an image, another is made from that
    if (migrationDestinations(m_context, info.id).isEmpty())
        return;
    auto* migrating = menu.addAction(tr("Migrate…"), this,
        [this, info] { (new MigrateDialog(m_context, info, QApplication::activeWindow()))->open(); });
    migrating->setObjectName(QStringLiteral("machineMigrate"));
    migrating->setEnabled(info.imageDigest.isEmpty() && info.state != WorkloadState::Unknown);
}

void MachineActions::clone(const WorkloadInfo& info)
{
    std::vector<Field> fields{ { QStringLiteral("Name"), tr("Name"), Field::Kind::Text,
        tr("%1-clone").arg(info.name) } };
    fields.push_back({ QStringLiteral("Linked"), tr("On its disks, without a copy of them"), Field::Kind::Check,
        isOff(info) ? QString() : QStringLiteral("true") });
    auto* dialog = new FieldsDialog(
        { tr("Clone %1").arg(info.name), tr("Clone"), QStringLiteral("cloneMachine") }, fields,
        [info](const FieldsDialog::Values& values) -> FieldsDialog::Verdict {
            const bool isNamed = !values[QStringLiteral("Name")].isEmpty();
            if (!values[QStringLiteral("Linked")].isEmpty())
                return { tr("At once and small. %1 keeps a snapshot for it, and cannot be deleted before it.")
                             .arg(info.name),
                    isNamed };
            if (!isOff(info))
                return { tr("Shut it down first: its disks are copied at rest."), false };
            return { tr("Its disks are copied, so the two know nothing of each other."), isNamed };
        },
        QApplication::activeWindow());
    connect(dialog, &FieldsDialog::chosen, this, [this, info](const auto& values) {
        const bool isLinked = !values[QStringLiteral("Linked")].isEmpty();
        const CloneRequest request{ values[QStringLiteral("Name")],
            isLinked ? CloneRequest::Disks::Linked : CloneRequest::Disks::Full };
        submitWithRetry(m_context.jobs,
            [copies = copiesOf(m_context, info), info, request] { return copies->clone(info, request); });
    });
    dialog->open();
}

} // namespace twinhull
