// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/create_dialog.h"

#include "core/images/image_store.h"
#include "core/metrics/metric_rings.h"
#include "ui/create/form_of_plan.h"
#include "ui/create/form_row.h"
#include "ui/create/form_world.h"
#include "ui/create/host_networks.h"
#include "ui/create/host_volumes.h"
#include "ui/create/image_choice.h"
#include "ui/create/image_machine_row.h"
#include "ui/create/kind_card.h"
#include "ui/create/limit_editor.h"
#include "ui/create/machine_options.h"
#include "ui/create/machine_places.h"
#include "ui/create/more_options.h"
#include "ui/create/start_cost.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/host_choice.h"
#include "ui/widgets/machine_host.h"
#include "ui/widgets/path_editor.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QThread>

namespace twinhull {

namespace {

constexpr double kMebibyte = 1024.0 * 1024;
constexpr double kUnknownMemoryMiB = 65536;
constexpr double kUnknownCpus = 64;

} // namespace

CreateForm CreateDialog::form() const
{
    CreateForm form;
    form.kind = kind();
    form.vmSource = vmSource();
    form.image = m_image->reference();
    form.mediumPath = form.vmSource == VmSource::Network ? QString() : m_medium->path();
    form.name = m_name->text().trimmed();
    form.hasNetwork = m_network->isChecked();
    if (form.kind != NewWorkload::Twin) {
        form.command = m_command->text();
        form.environment = m_environment->toPlainText();
        form.ports = m_ports->text();
        form.mounts = m_mounts->path();
    }
    if (const auto memory = m_memory->value())
        form.limits.memoryBytes = static_cast<std::uint64_t>(*memory * kMebibyte);
    form.limits.cpus = m_cpus->value();
    if (const auto pids = m_pids->value(); pids && form.kind == NewWorkload::Container)
        form.limits.pids = static_cast<std::uint32_t>(*pids);
    keepUntouched(form.limits);
    form.more = m_more->form();
    form.host = host();
    form.imageMachine = m_imageMachine->choice();
    form.machine = m_machine->form();
    form.unseen = m_unseen;
    form.diskBytes = static_cast<std::uint64_t>(m_disk->value().value_or(0) * 1024 * kMebibyte);
    return form;
}

void CreateDialog::fill(const WorkloadPlan& plan, const QString& name)
{
    setWindowTitle(tr("New container like %1").arg(name));
    m_heading->setText(windowTitle());
    m_container->setChecked(true);
    CreateForm filled = formOf(plan);
    m_image->choose(filled.image);
    m_name->setText(freeName(name, NewWorkload::Container, m_context.workloads.workloads()));
    m_isNameTyped = true;
    m_command->setText(filled.command);
    m_environment->setPlainText(filled.environment);
    m_ports->setText(filled.ports);
    m_mounts->setPath(filled.mounts);
    m_network->setChecked(filled.hasNetwork);
    m_more->setForm(filled.more);
    m_unseen = std::move(filled.unseen);
    const ResourceLimits& limits = filled.limits;
    m_memory->setValue(
        limits.memoryBytes ? std::optional(static_cast<double>(*limits.memoryBytes) / kMebibyte) : std::nullopt);
    m_cpus->setValue(limits.cpus);
    m_pids->setValue(limits.pids ? std::optional<double>(*limits.pids) : std::nullopt);
    m_shownLimits = form().limits;
    m_filledLimits = limits;
    onKindChanged();
    m_name->selectAll();
}

/// An editor shows whole MiB and hundredths of a core; a limit that nobody changed stays what it was.
void CreateDialog::keepUntouched(ResourceLimits& limits) const
{
    if (limits.memoryBytes == m_shownLimits.memoryBytes && m_filledLimits.memoryBytes)
        limits.memoryBytes = m_filledLimits.memoryBytes;
    if (limits.cpus == m_shownLimits.cpus && m_filledLimits.cpus)
        limits.cpus = m_filledLimits.cpus;
    if (limits.pids == m_shownLimits.pids && m_filledLimits.pids)
        limits.pids = m_filledLimits.pids;
}

/// Without what was only proposed: that is for the system to say.
CreateForm CreateDialog::typedForm() const
{
    CreateForm typed = form();
    if (!m_memory->isTyped())
        typed.limits.memoryBytes.reset();
    if (!m_cpus->isTyped())
        typed.limits.cpus.reset();
    if (!m_disk->isTyped())
        typed.diskBytes = 0;
    return typed;
}

/// The field that says where a VM with a system of its own comes from.
void CreateDialog::showSource()
{
    const VmSource source = vmSource();
    const bool isTree = source == VmSource::Tree;
    m_mediumRow->setVisible(!form().usesImage() && source != VmSource::Network);
    m_mediumRow->setLabel(isTree ? tr("Address, folder or ISO file") : tr("File"));
    const bool isElsewhere = form().isElsewhere();
    if (isElsewhere)
        m_mediumRow->setLabel(tr("Volume of %1").arg(m_host->host()));
    m_medium->setChoices(isElsewhere ? std::optional(m_volumes->paths().value_or(QStringList())) : std::nullopt);
    m_medium->line().setPlaceholderText(isElsewhere ? tr("its path there")
            : isTree                                ? QStringLiteral("https://deb.debian.org/debian/dists/bookworm")
                                                    : QString());
    m_medium->setNameFilter(source == VmSource::Iso || isTree
            ? tr("Installation media (*.iso)")
            : tr("Disks (*.qcow2 *.img *.raw *.vmdk *.vdi *.vhdx *.vhd *.ova *.ovf)"));
}

/// What a name is proposed by; empty: nothing.
QString CreateDialog::nameSource() const
{
    const CreateForm typed = form();
    if (typed.usesImage())
        return typed.image;
    QString source = typed.mediumPath;
    if (typed.vmSource != VmSource::Tree || source.endsWith(QLatin1String(".iso"), Qt::CaseInsensitive))
        return source.section(QLatin1Char('.'), 0, -2);
    while (source.endsWith(QLatin1Char('/')))
        source.chop(1);
    return source;
}

/// What it says takes the place of what was proposed before.
void CreateDialog::onAdvised(const MachineAdvice& advice)
{
    if (form().usesImage())
        return; // chosen meanwhile
    if (vmSource() == VmSource::Tree && advice.system && !m_isNameTyped)
        m_name->setText(freeName(advice.system->id, kind(), m_context.workloads.workloads(), form().connection()));
    if (form().isElsewhere()) {
        m_sizedHost = m_host->host();
        m_hostMemoryBytes = advice.hostMemoryBytes;
        m_hostCpus = advice.hostCpus;
        scaleLimits();
    }
    const ResourceLimits& limits = advice.machine.plan.limits;
    if (!m_memory->isTyped() && limits.memoryBytes)
        m_memory->propose(static_cast<double>(*limits.memoryBytes) / kMebibyte);
    if (!m_cpus->isTyped())
        m_cpus->propose(limits.cpus.value_or(1));
    if (const auto* iso = std::get_if<IsoSource>(&advice.machine.plan.source); iso != nullptr && !m_disk->isTyped())
        m_disk->propose(static_cast<double>(iso->diskBytes) / (1024 * kMebibyte));
    checkSoon();
}

void CreateDialog::onJudged()
{
    const bool isRefused = !form().usesImage() && !m_machine->refusal().isEmpty();
    m_create->setEnabled(m_problems.empty() && !isRefused);
    m_createAndStart->setEnabled(m_problems.empty() && !isRefused);
    showOpened(nullptr); // the reasons may need another height
}

// ── other hosts

FormHost CreateDialog::host() const
{
    const auto status = hostStatus(m_context.workloads, m_host->host());
    return { m_host->host(), status && !isOnThisComputer(*status) };
}

/// As it is for what is made: of another computer what it told.
FormWorld CreateDialog::world() const
{
    FormWorld world = formWorldOf(m_context);
    const CreateForm typed = form();
    const auto status = hostStatus(m_context.workloads, typed.connection());
    if (status && !typed.connection().isEmpty())
        world.hostSilence = silenceText(*status);
    if (!typed.isElsewhere())
        return world;
    const bool isSized = m_sizedHost == typed.connection();
    world.hostMemoryBytes = isSized ? m_hostMemoryBytes : 0;
    world.hostCpus = isSized ? m_hostCpus : 0;
    world.volumesThere = m_volumes->paths();
    return world;
}

void CreateDialog::onHostChanged()
{
    m_lookedAt.reset(); // it may have come back
    onKindChanged();
}

/// Not before something of it can be chosen.
void CreateDialog::lookAtHost()
{
    const QString connection = host().connection;
    if (form().usesImage() || m_lookedAt == connection)
        return;
    m_lookedAt = connection;
    m_volumes->lookAt(connection);
    m_networks->lookAt(connection);
}

void CreateDialog::showVolumes()
{
    m_machine->places().setPools(m_volumes->pools());
    showSource();
    checkSoon();
}

void CreateDialog::scaleLimits()
{
    const FormWorld known = world();
    const double mebibytes
        = known.hostMemoryBytes > 0 ? static_cast<double>(known.hostMemoryBytes) / kMebibyte : kUnknownMemoryMiB;
    const double cpus = known.hostCpus > 0 ? known.hostCpus : kUnknownCpus;
    if (kind() == NewWorkload::Vm) { // a twin's limit, where one is asked for, is the size of its VM
        m_memory->setScale({ tr("Memory"), tr(" MiB"), 64, mebibytes, 0, false });
        m_cpus->setScale({ tr("CPUs"), {}, 1, cpus, 0, false });
    } else {
        m_memory->setScale({ tr("Memory limit"), tr(" MiB"), 16, mebibytes, 0, true });
        m_cpus->setScale({ tr("CPU limit"), tr(" cores"), 0.25, cpus, 2, true });
    }
}

void CreateDialog::showCosts()
{
    const auto image = m_context.images.find(m_image->reference());
    const StartCost cost
        = image ? startCostOf(image->digest, m_context.workloads.workloads(), m_context.rings) : StartCost();
    m_container->setCost(cost.container);
    m_vm->setCost(cost.vm);
    m_twin->setCost(cost.both);
    if (form().isElsewhere()) {
        const QString asked = tr("needs an answer of %1").arg(m_host->host());
        m_memory->setNote(world().hostMemoryBytes > 0
                ? tr("%1 has %2").arg(m_host->host(), byteCountText(static_cast<double>(m_hostMemoryBytes)))
                : asked);
        m_cpus->setNote(world().hostCpus > 0 ? tr("%1 has %n CPU(s)", nullptr, m_hostCpus).arg(m_host->host()) : asked);
        return;
    }
    const HostPoint& host = m_context.rings.host();
    const auto& total = host[HostMetric::MemoryTotalBytes];
    const auto& used = host[HostMetric::MemoryUsedBytes];
    if (total && used)
        m_memory->setNote(tr("%1 free now").arg(byteCountText(*total - *used)));
    m_cpus->setNote(tr("This computer has %n CPU(s)", nullptr, QThread::idealThreadCount()));
}

} // namespace twinhull
