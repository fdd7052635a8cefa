// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_actions.h"

#include "core/compose/compose_job.h"
#include "core/compose/compose_labels.h"
#include "core/workload/workload_bin.h"
#include "core/workload/workload_connection.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "core/workload/machine_making.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"
#include "ui/workloads/access_fix.h"
#include "ui/workloads/scale_dialog.h"
#include "ui/widgets/confirmation.h"
#include "ui/widgets/workload_text.h"
#include "ui/workloads/remove_dialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>

#include <algorithm>

namespace twinhull {

WorkloadActions::WorkloadActions(AppContext& context, QWidget* window)
    : QObject(window)
    , m_context(context)
    , m_window(window)
    , m_changes(context, window)
    , m_machines(context, this)
    , m_checkpoints(context, window)
    , m_group(context, window)
{
    setUp(m_start, tr("Start"), QStringLiteral("start"));
    setUp(m_pause, tr("Pause"), QStringLiteral("pause"));
    setUp(m_stop, tr("Stop"), QStringLiteral("stop"));
    setUp(m_forceOff, tr("Force off"), QStringLiteral("forceOff"));
    setUp(m_remove, tr("Delete…"), QStringLiteral("delete"));
    setUp(m_twin, tr("Twin…"), QStringLiteral("twin"));
    setUp(m_copyAddress, tr("Copy address"), QStringLiteral("copyAddress"));
    m_start.setShortcut(Qt::Key_F6);
    m_pause.setShortcut(Qt::Key_F7);
    m_stop.setShortcut(Qt::Key_F8);
    m_forceOff.setShortcut(Qt::SHIFT | Qt::Key_F8);
    m_twin.setShortcut(Qt::CTRL | Qt::Key_T);
    m_twin.setEnabled(true);
    m_start.setToolTip(tr("Start what is chosen (F6)"));
    m_pause.setToolTip(tr("Pause or resume what is chosen (F7)"));
    m_stop.setToolTip(tr("Ask what is chosen to stop (F8)"));
    m_forceOff.setToolTip(tr("Ends it at once; what it has not written is lost"));
    m_twin.setToolTip(tr("Start one image as a container and as a VM, to compare them (Ctrl+T)"));
    connect(&m_start, &QAction::triggered, this, &WorkloadActions::confirmStart);
    connect(&m_pause, &QAction::triggered, this, [this] {
        if (any(Capability::Pause))
            run(Capability::Pause, &WorkloadProvider::pause, m_selection);
        else
            run(Capability::Resume, &WorkloadProvider::resume, m_selection);
    });
    connect(&m_stop, &QAction::triggered, this, [this] { submitStop(StopMode::Graceful, m_selection); });
    connect(&m_forceOff, &QAction::triggered, this, &WorkloadActions::confirmForceOff);
    connect(&m_remove, &QAction::triggered, this, &WorkloadActions::confirmRemove);
    connect(&m_copyAddress, &QAction::triggered, this, &WorkloadActions::copyFirstAddress);
    connect(&m_twin, &QAction::triggered, this,
        [this] { Q_EMIT twinRequested(m_selection.empty() ? QString() : m_selection.front().image); });
    connect(&context.workloads, &WorkloadRegistry::changed, this, &WorkloadActions::onChanged);
    connect(&context.workloads, &WorkloadRegistry::removed, this, &WorkloadActions::onRemoved);
    refresh();
}

void WorkloadActions::setUp(QAction& action, const QString& text, const QString& name)
{
    action.setText(text);
    action.setObjectName(name);
}

void WorkloadActions::setSelection(std::vector<WorkloadInfo> selection)
{
    m_selection = std::move(selection);
    refresh();
}

bool WorkloadActions::any(Capability capability) const
{
    return std::any_of(m_selection.begin(), m_selection.end(),
        [capability](const WorkloadInfo& info) { return info.capabilities.testFlag(capability); });
}

void WorkloadActions::refresh()
{
    m_changes.setSelection(m_selection);
    m_machines.setSelection(m_selection);
    m_checkpoints.setSelection(m_selection);
    m_group.setSelection(m_selection);
    const bool canPause = any(Capability::Pause);
    m_start.setEnabled(any(Capability::Start));
    m_pause.setEnabled(canPause || any(Capability::Resume));
    m_pause.setText(!canPause && any(Capability::Resume) ? tr("Resume") : tr("Pause"));
    m_stop.setEnabled(any(Capability::Stop));
    m_forceOff.setEnabled(any(Capability::ForceOff));
    m_remove.setEnabled(any(Capability::Remove));
    m_copyAddress.setEnabled(std::any_of(
        m_selection.begin(), m_selection.end(), [](const WorkloadInfo& info) { return webPort(info) != nullptr; }));
}

void WorkloadActions::onChanged(const WorkloadInfo& info)
{
    for (WorkloadInfo& own : m_selection) {
        if (own.id == info.id)
            own = info;
    }
    refresh();
}

void WorkloadActions::onRemoved(const WorkloadId& id)
{
    std::erase_if(m_selection, [&id](const WorkloadInfo& info) { return info.id == id; });
    refresh();
}

/// Of what was asked about, what is still there, as it is now: meanwhile the list may have chosen another row.
std::vector<WorkloadInfo> WorkloadActions::stillThere(const std::vector<WorkloadInfo>& asked) const
{
    std::vector<WorkloadInfo> there;
    for (const WorkloadInfo& info : asked) {
        if (auto now = m_context.workloads.find(info.id))
            there.push_back(*std::move(now));
    }
    return there;
}

QString WorkloadActions::wholeTwin(const std::vector<WorkloadInfo>& chosen)
{
    if (chosen.size() != 2 || chosen[0].twinGroup.isEmpty() || chosen[0].twinGroup != chosen[1].twinGroup)
        return {};
    return chosen[0].twinGroup;
}

QString WorkloadActions::oneApplication(const std::vector<WorkloadInfo>& chosen)
{
    const QString project = chosen.empty() ? QString() : projectOf(chosen.front());
    const bool isOfOne = std::all_of(chosen.begin(), chosen.end(), [&project](const WorkloadInfo& info) {
        return info.id.kind == WorkloadKind::Container && projectOf(info) == project;
    });
    return isOfOne ? project : QString();
}

QString WorkloadActions::wholeApplication(const std::vector<WorkloadInfo>& chosen) const
{
    const QString project = chosen.size() < 2 ? QString() : oneApplication(chosen);
    return containersOf(m_context.workloads.workloads(), project).size() == chosen.size() ? project : QString();
}

/// What others depend on is started first and stopped last.
bool WorkloadActions::runInOrder(Capability capability, const std::vector<WorkloadInfo>& chosen)
{
    const QString project = wholeApplication(chosen);
    auto* containers = m_context.workloads.provider(WorkloadKind::Container);
    if (project.isEmpty() || containers == nullptr)
        return false;
    const ComposeWorld world{ m_context.folders, m_context.images, *containers };
    submitWithRetry(m_context.jobs, [world, project, capability] {
        return capability == Capability::Start ? composeStartJob(world, project, {})
                                               : composeStopJob(world, project, {});
    });
    return true;
}

void WorkloadActions::confirmDown(const QString& project)
{
    const Confirmation asked{ "confirmDown", tr("Take %1 down?").arg(project),
        tr("Its containers are stopped and removed for good, and so are its networks. Its volumes stay; its Compose "
           "file "
           "makes the rest again."),
        tr("&Take down") };
    confirm(m_window, asked, [this, project] {
        auto* containers = m_context.workloads.provider(WorkloadKind::Container);
        const ComposeWorld world{ m_context.folders, m_context.images, *containers };
        submitWithRetry(m_context.jobs,
            [world, project] { return composeDownJob(world, projectByLabels(world.folders, project), {}); });
    });
}

void WorkloadActions::run(Capability capability, MakeJob make, const std::vector<WorkloadInfo>& chosen)
{
    if (const QString twin = wholeTwin(chosen); capability == Capability::Start && !twin.isEmpty()) {
        submitWithRetry(m_context.jobs, [&twins = m_context.twins, twin] { return twins.startBoth(twin); });
        return;
    }
    if (capability == Capability::Start && runInOrder(capability, chosen))
        return;
    for (const WorkloadInfo& info : chosen) {
        auto* provider = providerOf(m_context.workloads, info.id);
        if (provider && info.capabilities.testFlag(capability))
            submitWithRetry(m_context.jobs, [&context = m_context, provider, make, capability, info] {
                auto job = (provider->*make)(info.id);
                if (job && capability == Capability::Start)
                    offerAccessFix(*job, context, info);
                return job;
            });
    }
}

/// Asks only where the memory is short.
void WorkloadActions::confirmStart()
{
    auto* vms = dynamic_cast<HasMachineMaking*>(m_context.workloads.provider(WorkloadKind::Vm));
    const QString warning = vms != nullptr ? vms->making().warningAtStart(m_selection) : QString();
    if (warning.isEmpty()) {
        run(Capability::Start, &WorkloadProvider::start, m_selection);
        return;
    }
    Confirmation asked{ "confirmStart", tr("Start with little memory?"),
        warning + u' '
            + tr(
                "When all of it is used, this computer becomes slow or ends programs. Stop something first, or give it "
                "less memory in its settings."),
        tr("&Start anyway") };
    confirm(m_window, asked,
        [this, chosen = m_selection] { run(Capability::Start, &WorkloadProvider::start, stillThere(chosen)); });
}

QString WorkloadActions::chosenText() const
{
    return m_selection.size() == 1 ? m_selection.front().name
                                   : tr("%n workload(s)", nullptr, static_cast<int>(m_selection.size()));
}

/// What a machine with a system of its own has not written may be half of a file.
void WorkloadActions::confirmForceOff()
{
    const auto machines = std::count_if(m_selection.begin(), m_selection.end(), [](const WorkloadInfo& info) {
        return info.id.kind == WorkloadKind::Vm && info.imageDigest.isEmpty()
            && info.capabilities.testFlag(Capability::ForceOff);
    });
    if (machines == 0) {
        submitStop(StopMode::Force, m_selection);
        return;
    }
    const Confirmation asked{ "confirmForceOff", tr("Force %1 off?").arg(chosenText()),
        tr("It is as if the plug was pulled: what its system has not written to its disk is lost, and files may be "
           "damaged. Stop asks it to shut down."),
        tr("&Force off"), &m_context.settings, &setting::kConfirmForceOff };
    confirm(m_window, asked, [this, chosen = m_selection] { submitStop(StopMode::Force, stillThere(chosen)); });
}

void WorkloadActions::submitStop(StopMode mode, const std::vector<WorkloadInfo>& chosen)
{
    if (const QString twin = wholeTwin(chosen); !twin.isEmpty()) {
        submitWithRetry(m_context.jobs, [&twins = m_context.twins, twin, mode] { return twins.stopBoth(twin, mode); });
        return;
    }
    if (mode == StopMode::Graceful && runInOrder(Capability::Stop, chosen))
        return;
    const Capability needed = mode == StopMode::Force ? Capability::ForceOff : Capability::Stop;
    for (const WorkloadInfo& info : chosen) {
        auto* provider = providerOf(m_context.workloads, info.id);
        if (provider && info.capabilities.testFlag(needed))
            submitWithRetry(m_context.jobs, [provider, mode, id = info.id] { return provider->stop(id, mode); });
    }
}

void WorkloadActions::confirmRemove()
{
    if (!m_remove.isEnabled())
        return;
    const bool canComeBack = std::all_of(m_selection.begin(), m_selection.end(), [this](const WorkloadInfo& info) {
        return dynamic_cast<WorkloadBin*>(providerOf(m_context.workloads, info.id)) != nullptr;
    }) && wholeTwin(m_selection).isEmpty();
    const QString question = tr("Delete %1?").arg(chosenText());
    if (m_context.settings.value(setting::kConfirmRemove) && wholeTwin(m_selection).isEmpty()
        && hasOwnDisks(m_context, m_selection)) {
        auto* dialog = new RemoveDialog(m_context, m_selection, question,
            canComeBack ? tr("It is stopped at once if it runs, and can be brought back for a week. Where a disk is "
                             "ticked below, its VM is gone for good, with its own folder.")
                        : tr("It is stopped at once if it runs. What lies in its own folder is deleted with it."),
            m_window);
        connect(dialog, &RemoveDialog::agreed, this,
            [this, chosen = m_selection](const auto& disks) { submitRemove(stillThere(chosen), disks); });
        dialog->open();
        return;
    }
    const Confirmation asked{ "confirmDelete", question,
        canComeBack ? tr(
            "It is stopped at once if it runs, and can be brought back for a week with what it wrote inside itself: a "
            "VM with its disks and snapshots.")
                    : tr("It is stopped at once if it runs. What it wrote inside itself is lost; images and "
                         "folders of this computer stay."),
        tr("&Delete"), &m_context.settings, &setting::kConfirmRemove };
    confirm(m_window, asked, [this, chosen = m_selection] { submitRemove(stillThere(chosen)); });
}

void WorkloadActions::submitRemove(const std::vector<WorkloadInfo>& chosen, const std::vector<MachineDisk>& disks)
{
    if (const QString twin = wholeTwin(chosen); !twin.isEmpty()) {
        submitWithRetry(m_context.jobs, [&twins = m_context.twins, twin] { return twins.removeBoth(twin); });
        return;
    }
    for (const WorkloadInfo& info : chosen) {
        auto* provider = providerOf(m_context.workloads, info.id);
        if (provider == nullptr || !info.capabilities.testFlag(Capability::Remove))
            continue;
        QStringList paths;
        for (const MachineDisk& disk : disks) {
            if (disk.machine == info.id)
                paths << disk.path;
        }
        auto* machines = paths.isEmpty() ? nullptr : dynamic_cast<HasMachineRemoval*>(provider);
        if (machines != nullptr)
            submitWithRetry(m_context.jobs,
                [machines, id = info.id, paths] { return machines->removal().removeWithDisks(id, paths); });
        else if (auto* bin = dynamic_cast<WorkloadBin*>(provider))
            submitDiscard(info, *bin);
        else
            submitWithRetry(m_context.jobs, [provider, id = info.id] { return provider->remove(id); });
    }
}

void WorkloadActions::submitDiscard(const WorkloadInfo& info, WorkloadBin& bin)
{
    Job* job = submitWithRetry(m_context.jobs, [&bin, id = info.id] { return bin.discard(id); });
    connect(job, &Job::finished, this, [this, job, info] {
        if (job->state() == Job::State::Succeeded)
            Q_EMIT discarded(info);
        if (job->state() != Job::State::Failed)
            return;
        const ErrorCode code = job->result().error().code;
        if (code == ErrorCode::Unsupported || code == ErrorCode::OutOfSpace) // then the bin is no way at all
            confirmRemoveForGood(info, job->result().error());
    });
}

void WorkloadActions::confirmRemoveForGood(const WorkloadInfo& info, const Error& why)
{
    QString reason = QString::fromStdString(why.message);
    reason.replace(0, 1, reason.left(1).toUpper());
    const Confirmation asked{ "confirmRemoveForGood", tr("Delete %1 for good?").arg(info.name),
        tr("%1.\n\nIt is stopped at once if it runs, and nothing brings it back.").arg(reason),
        tr("&Delete for good") };
    confirm(m_window, asked, [this, info] {
        for (const WorkloadInfo& each : stillThere({ info })) {
            auto* provider = providerOf(m_context.workloads, each.id);
            if (provider != nullptr && each.capabilities.testFlag(Capability::Remove))
                submitWithRetry(m_context.jobs, [provider, id = each.id] { return provider->remove(id); });
        }
    });
}

void WorkloadActions::copyFirstAddress()
{
    for (const WorkloadInfo& info : m_selection) {
        if (const PublishedPort* port = webPort(info)) {
            QGuiApplication::clipboard()->setText(urlText(*port));
            return;
        }
    }
}

void WorkloadActions::fillContextMenu(QMenu& menu)
{
    menu.addAction(&m_start);
    menu.addAction(&m_pause);
    m_checkpoints.fillContextMenu(menu);
    menu.addAction(&m_stop);
    menu.addAction(&m_forceOff);
    m_changes.fillContextMenu(menu);
    m_machines.fillContextMenu(menu);
    menu.addSeparator();
    menu.addAction(&m_twin);
    menu.addAction(&m_copyAddress);
    menu.addAction(&m_group);
    menu.addSeparator();
    if (const QString project = oneApplication(m_selection); !project.isEmpty()) {
        auto* scale = menu.addAction(tr("Scale %1…").arg(project), this, [this, project] {
            auto* dialog = new ScaleDialog(m_context, project, m_window);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->open();
        });
        scale->setObjectName(QStringLiteral("composeScale"));
    }
    if (const QString project = wholeApplication(m_selection); !project.isEmpty()) {
        auto* down = menu.addAction(tr("Take %1 down…").arg(project), this, [this, project] { confirmDown(project); });
        down->setObjectName(QStringLiteral("composeDown"));
    }
    menu.addAction(&m_remove);
}

} // namespace twinhull
