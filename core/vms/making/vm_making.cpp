// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_making.h"

#include "core/base/text.h"
#include "core/jobs/refused_job.h"
#include "core/vms/making/appliance.h"
#include "core/vms/making/cloud_init_seed.h"
#include "core/vms/disks/disk_probe.h"
#include "core/vms/making/install_script.h"
#include "core/vms/making/install_tree.h"
#include "core/vms/making/os_catalog.h"
#include "core/vms/making/os_sizes.h"
#include "core/vms/making/vm_creation_there.h"
#include "core/vms/making/volume_in_making.h"
#include "core/vms/networks/card_network.h"
#include "core/vms/vm_host.h"
#include "core/workload/start_room.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QThread>

namespace twinhull {

namespace {

constexpr qsizetype kLongestApplianceName = 64;

QString makingTr(const char* text)
{
    return QCoreApplication::translate("VmMaking", text);
}

class Advisor {
public:
    Advisor(const VmToolbox& tools, const VmOptions& options, const MachineImport& asked, JobContext& context)
        : m_tools(tools), m_options(options), m_asked(asked), m_context(context)
    {
    }

    Result<MachineAdvice> adviseFor(const QString& systemId)
    {
        const bool isThere = m_tools.place == HypervisorPlace::Elsewhere;
        if (auto looked = isThere ? lookThere() : lookAtDisk(); !looked)
            return std::move(looked).error();
        if (auto looked = lookAtInstaller(); !looked)
            return std::move(looked).error();
        if (auto looked = lookAtPlaces(); !looked)
            return std::move(looked).error();
        if (auto checked = m_asked.cloudInit ? checkCloudInit(*m_asked.cloudInit) : Result<>(); !checked)
            return std::move(checked).error();
        auto system = findSystem(systemId);
        if (!system)
            return std::move(system).error();
        MachineAdvice advice = chooseMachine(m_asked, *system, abilities());
        advice.hostMemoryBytes = std::uint64_t{ m_node.memory } << 10U;
        advice.hostCpus = static_cast<int>(m_node.cpus);
        if (m_appliance && !m_appliance->foreignBuses.isEmpty())
            m_warnings << makingTr("Its disks were on %1, the VM has them on %2. A system without that driver does not "
                                   "start: choose another bus in its hardware")
                              .arg(m_appliance->foreignBuses.join(QStringLiteral(", ")),
                                  advice.machine.hasVirtioDevices ? QStringLiteral("virtio") : QStringLiteral("SATA"));
        if (auto told = tellOfScript(advice); !told)
            return std::move(told).error();
        advice.reasons = m_reasons + advice.reasons;
        advice.warnings = m_warnings + advice.warnings;
        if (m_tools.place == HypervisorPlace::Here)
            advice.warnings += capacityWarnings(advice.machine.plan, m_diskFolder);
        return advice;
    }

private:
    /// At the volumes of another computer that it names; what is in them cannot be read.
    Result<> lookThere()
    {
        if (auto can = canRunInstaller(m_asked, m_tools.place); !can)
            return can;
        if (auto can = canBeMadeThere(m_asked); !can)
            return can;
        const auto connection = m_tools.link->connection();
        if (!connection)
            return Error(connection.error());
        if (virNodeGetInfo(connection->get(), &m_node) != 0)
            m_node = {}; // then it is not known
        const bool isKvm = engineFor(m_options, m_tools) == DomainEngine::Kvm;
        m_reasons << (isKvm ? makingTr("By KVM, as libvirt there offers it")
                            : makingTr("Emulated: libvirt there offers no KVM"));
        const auto* disk = std::get_if<DiskSource>(&m_asked.plan.source);
        const QString path = disk != nullptr ? disk->path : std::get<IsoSource>(m_asked.plan.source).path;
        const auto volume
            = path.isEmpty() ? Result<MachineVolume>(MachineVolume()) : volumeThere(connection->get(), path);
        if (!volume)
            return volume.error();
        if (disk != nullptr) {
            m_reasons
                << makingTr("Disk: the volume %1 there, of format %2, used in place").arg(volume->name, volume->format);
            return {};
        }
        const auto made = planNewVolume(connection->get(), m_tools, m_asked);
        if (!made)
            return made.error();
        m_reasons << makingTr("The new disk is a volume in the pool %1 there; removing the VM leaves it")
                         .arg(made->name.pool);
        return {};
    }

    Result<> lookAtDisk()
    {
        const auto* disk = std::get_if<DiskSource>(&m_asked.plan.source);
        if (disk == nullptr)
            return {};
        if (isNamedAsAppliance(disk->path))
            return lookAtAppliance(disk->path);
        const auto file = openDisk(disk->path);
        if (!file)
            return file.error();
        const auto facts = probeFor(m_asked, *file);
        if (!facts)
            return facts.error();
        const QString size = QString::fromStdString(formatBytes(std::max(facts->virtualBytes, m_asked.diskBytes)));
        m_reasons << (m_asked.handling == DiskHandling::InPlace
                ? makingTr("Disk: %1 of %2, used in place").arg(facts->format, size)
                : makingTr("Disk: %1, copied to qcow2 of %2").arg(facts->format, size));
        return {};
    }

    /// Its card's network, and on this computer the pool of its new disk.
    Result<> lookAtPlaces()
    {
        const bool isConnected = m_asked.plan.hasNetwork && m_asked.card != MachineCard();
        const bool isPooled = m_tools.place == HypervisorPlace::Here && !m_asked.pool.isEmpty();
        if (!isConnected && !isPooled)
            return {};
        const auto connection = m_tools.link->connection();
        if (!connection)
            return Error(connection.error());
        const auto card = isConnected ? lookAtCard(connection->get(), m_tools, m_asked.card) : CardNetwork();
        if (!card)
            return card.error();
        if (!card->reason.isEmpty())
            m_reasons << card->reason;
        if (!card->warning.isEmpty())
            m_warnings << card->warning;
        if (!isPooled)
            return {};
        const auto disk = planNewVolume(connection->get(), m_tools, m_asked);
        if (!disk)
            return disk.error();
        m_diskFolder = disk->isDevice ? std::string() // whose room is not that of a file system
                                      : QFileInfo(disk->path).absolutePath().toStdString();
        m_reasons
            << makingTr("The new disk is a volume in the pool %1; removing the VM leaves it").arg(disk->name.pool);
        return {};
    }

    Result<> lookAtInstaller()
    {
        if (!m_asked.installer)
            return {};
        if (auto can = canRunInstaller(m_asked, m_tools.place); !can)
            return can;
        const QString& location = m_asked.installer->location;
        const auto source = openInstallSource(location);
        if (!source)
            return Error(source.error());
        const auto tree = lookAtTree(**source, location, m_context);
        if (!tree)
            return Error(tree.error());
        m_treeSystem = tree->system;
        m_reasons << makingTr("Installer: %1 and %2 of %3").arg(tree->kernelPath, tree->initrdPath, location);
        m_reasons << makingTr(
            "Its first start runs the installer; when that reboots, the VM is off, and the next start "
            "is from its disk");
        const bool isChecked = !tree->kernelSum.isEmpty() && !tree->initrdSum.isEmpty();
        if (m_asked.installer->isAddress() && !isChecked)
            m_warnings << makingTr("The tree has no sums of them; what comes cannot be checked");
        if (location.startsWith(QLatin1String("http://")))
            m_warnings << makingTr("The address is http: others on the way could change what comes. Choose https where "
                                   "the server has it");
        return {};
    }

    /// What stands in for the answers, by the system that was found.
    Result<> tellOfScript(MachineAdvice& advice)
    {
        auto& installer = advice.machine.installer;
        if (!installer || !installer->unattended)
            return {};
        installer->unattended->systemId = advice.system ? advice.system->id : QString();
        const auto script
            = makeInstallScript(*installer->unattended, { installer->location, advice.machine.hasVirtioDevices });
        if (!script)
            return Error(script.error());
        m_reasons << makingTr("Unattended: libosinfo’s script (%1) wipes the new disk, and makes %2 with the password. "
                              "Language English, keyboard US, the time zone of this computer")
                         .arg(script->fileName,
                             installer->unattended->user.isEmpty()
                                 ? makingTr("root")
                                 : makingTr("root and %1").arg(installer->unattended->user));
        return {};
    }

    Result<> lookAtAppliance(const QString& path)
    {
        if (m_asked.handling == DiskHandling::InPlace || !m_asked.format.isEmpty())
            return Error{ ErrorCode::InvalidArgument, "an appliance is copied, by the formats of its disks", 0,
                "Copy it, and name no format" };
        const auto appliance = Appliance::open(path);
        if (!appliance)
            return appliance.error();
        const OvfDocument& said = appliance->document();
        m_appliance = said;
        for (const OvfDisk& disk : said.disks) {
            if (const auto file
                = disk.fileName.isEmpty() ? Result<ApplianceFile>(ApplianceFile{}) : appliance->file(disk.fileName);
                !file)
                return file.error();
        }
        auto& plan = m_asked.plan;
        if (plan.name.isEmpty())
            plan.name = nameOf(said.name, path);
        if (!plan.limits.memoryBytes && said.memoryBytes != 0)
            plan.limits.memoryBytes = said.memoryBytes;
        if (!plan.limits.cpus && said.cpus > 0)
            plan.limits.cpus = cpusFor(said.cpus);
        if (!m_asked.firmware)
            m_asked.firmware = said.bootsByUefi ? MachineFirmware::Uefi : MachineFirmware::Bios;
        if (said.networkCards == 0)
            plan.hasNetwork = false;
        tellOfAppliance(said);
        return {};
    }

    /// More than there are would only take turns.
    int cpusFor(int said)
    {
        const int most = QThread::idealThreadCount();
        if (m_tools.place != HypervisorPlace::Here || said <= most)
            return said;
        m_warnings << makingTr("The appliance has %1 CPUs and this computer %2; the VM gets %2").arg(said).arg(most);
        return most;
    }

    /// libvirt and we take no slash, and not any length.
    static QString nameOf(const QString& said, const QString& path)
    {
        QString name = said.simplified();
        for (QChar& letter : name) {
            if (!letter.isPrint() || letter == u'/')
                letter = u'-';
        }
        while (name.startsWith(u'.'))
            name.remove(0, 1);
        name = name.left(kLongestApplianceName).trimmed();
        return name.isEmpty() ? QFileInfo(path).completeBaseName() : name;
    }

    void tellOfAppliance(const OvfDocument& said)
    {
        m_reasons << (said.disks.size() == 1
                ? makingTr("Appliance: its disk is copied to qcow2")
                : makingTr("Appliance: its %1 disks are copied to qcow2").arg(said.disks.size()));
        if (!said.systemName.isEmpty())
            m_reasons << makingTr("Its description names the system \"%1\"").arg(said.systemName);
        if (said.networkCards == 0)
            m_warnings << makingTr("The appliance has no network card, and neither will the VM");
        if (said.networkCards > networkCardsOf(said))
            m_warnings << makingTr("The appliance has %1 network cards; the VM gets %2")
                              .arg(said.networkCards)
                              .arg(networkCardsOf(said));
        if (said.networkCards > 1)
            m_reasons << makingTr("Its %1 network cards are each in a network of QEMU’s own; choose others in its "
                                  "hardware")
                             .arg(networkCardsOf(said));
        if (!said.leftOut.isEmpty())
            m_warnings
                << makingTr("Not taken over from the appliance: %1").arg(said.leftOut.join(QStringLiteral(", ")));
    }

    /// What its description may mean; no virtio, whose drivers the starting system may lack though it brings them.
    std::optional<KnownOs> systemOfAppliance()
    {
        for (const QString& id : m_appliance->systemIds) {
            auto known = knownSystem(id);
            if (!known && known.error().code != ErrorCode::NotFound)
                m_warnings << QString::fromStdString(known.error().toLine());
            if (!known)
                continue;
            known->hasVirtioDisk = false;
            known->hasVirtioNetwork = false;
            return *std::move(known);
        }
        return std::nullopt;
    }

    /// Without the data there is no system, unless one was named.
    Result<std::optional<KnownOs>> findSystem(const QString& id)
    {
        using Found = std::optional<KnownOs>;
        const auto* iso = std::get_if<IsoSource>(&m_asked.plan.source);
        if (iso != nullptr && iso->path.isEmpty() && !m_asked.installer && m_asked.card.kind == MachineCard::Kind::User)
            m_warnings << makingTr(
                "Its network is QEMU's own, where no server answers who starts from it; choose another "
                "one in its hardware");
        if (!id.isEmpty()) {
            auto known = knownSystem(id);
            return known ? Result<Found>(Found(*std::move(known))) : std::move(known).error();
        }
        if (m_appliance)
            return systemOfAppliance();
        if (m_treeSystem || iso == nullptr || iso->path.isEmpty())
            return m_treeSystem;
        if (m_tools.place == HypervisorPlace::Elsewhere)
            return Found(); // the medium is not here
        auto told = systemOnMedium(iso->path);
        if (told || told.error().code != ErrorCode::Unavailable)
            return told;
        m_warnings << QString::fromStdString(told.error().toLine());
        return Found();
    }

    HostAbilities abilities()
    {
        auto connection = m_tools.link->connection();
        auto read = connection ? readHostAbilities(connection->get(), engineFor(m_options, m_tools))
                               : Result<HostAbilities>(std::move(connection).error());
        if (read)
            return *read;
        m_warnings << makingTr("What this computer can give to machines is not known: %1")
                          .arg(QString::fromStdString(read.error().toLine()));
        return {};
    }

    const VmToolbox& m_tools;
    const VmOptions& m_options;
    MachineImport m_asked;
    JobContext& m_context;
    virNodeInfo m_node{}; ///< of another computer
    std::string m_diskFolder{ m_tools.folders.data }; ///< where the new disk grows, on this computer
    std::optional<OvfDocument> m_appliance;
    std::optional<KnownOs> m_treeSystem;
    QStringList m_reasons;
    QStringList m_warnings;
};

} // namespace

std::unique_ptr<Job> VmMaking::jobOf(const QString& title, const MachineImport& machine, MakingWork work)
{
    auto checked = checkImport(machine, memoryLimitOf(m_tools), m_tools.place);
    if (checked)
        checked = canRunInstaller(machine, m_tools.place);
    if (checked && m_tools.place == HypervisorPlace::Elsewhere)
        checked = canBeMadeThere(machine);
    if (!checked)
        return std::make_unique<RefusedJob>(
            title, std::move(checked).error().withContext("import " + machine.plan.name.toStdString()));
    return std::make_unique<ThreadJob>(
        title, m_calls, [tools = m_tools, options = m_options, machine, work = std::move(work)](JobContext& context) {
            const VmIngredients ingredients{ machine.plan, engineFor(options, tools), {}, {}, machine };
            return work(tools, ingredients, context);
        });
}

std::unique_ptr<Job> VmMaking::advise(
    const MachineImport& asked, const QString& systemId, std::shared_ptr<MachineAdvice> into)
{
    return std::make_unique<ThreadJob>(makingTr("Look at what a VM is made from"), m_calls,
        [tools = m_tools, options = m_options, asked, systemId, into = std::move(into)](
            JobContext& context) -> Result<> {
            auto advice = Advisor(tools, options, asked, context).adviseFor(systemId);
            if (!advice)
                return std::move(advice).error();
            *into = *std::move(advice);
            return {};
        });
}

std::unique_ptr<Job> VmMaking::describe(const MachineImport& machine, std::shared_ptr<QByteArray> xml)
{
    return jobOf(makingTr("Describe %1").arg(machine.plan.name), machine,
        [xml = std::move(xml)](
            const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context) -> Result<> {
            auto described = tools.place == HypervisorPlace::Elsewhere ? describeVmThere(tools, ingredients)
                                                                       : describeVm(tools, ingredients, context);
            if (!described)
                return std::move(described).error();
            *xml = *std::move(described);
            return {};
        });
}

std::unique_ptr<Job> VmMaking::make(const MachineImport& machine)
{
    return jobOf(makingTr("Create %1").arg(machine.plan.name), machine,
        m_tools.place == HypervisorPlace::Elsewhere ? createVmThere : createVm);
}

QString VmMaking::warningAtStart(const std::vector<WorkloadInfo>& workloads) const
{
    return m_tools.place == HypervisorPlace::Here ? startWarning(workloads, availableMemoryBytes()) : QString();
}

std::unique_ptr<Job> VmMaking::listSystems(std::shared_ptr<std::vector<KnownOs>> into)
{
    return listSystemsJob(std::move(into));
}

} // namespace twinhull
