// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_creation.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/number_list.h"
#include "core/base/subprocess.h"
#include "core/vms/making/appliance_disks.h"
#include "core/vms/making/cloud_init_seed.h"
#include "core/vms/disks/disk_conversion.h"
#include "core/vms/domain/image_machine.h"
#include "core/vms/making/firmware_choice.h"
#include "core/vms/making/install_script.h"
#include "core/vms/making/installer_files.h"
#include "core/vms/making/machine_note.h"
#include "core/vms/making/volume_in_making.h"
#include "core/vms/disks/overlay_disk.h"
#include "core/vms/networks/card_network.h"
#include "core/vms/networks/port_forwarding.h"
#include "core/vms/power/microvm_fallback.h"
#include "core/vms/disks/vm_folder.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/workload/option_text.h"

#include <QCoreApplication>
#include <QUuid>

#include <sys/stat.h>
#include <unistd.h>

#include <cmath>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kDiskDeadline{ 60 };
QString tr(const char* text)
{
    return QCoreApplication::translate("VmCreation", text);
}

int cpusOf(const WorkloadPlan& plan)
{
    return std::max(1, static_cast<int>(std::ceil(plan.limits.cpus.value_or(1.0))));
}

/// The folder until the VM is defined; gone again when anything fails.
class FolderInMaking {
public:
    explicit FolderInMaking(QString finalPath) : m_path(std::move(finalPath)) { }
    FolderInMaking(const FolderInMaking&) = delete;
    FolderInMaking& operator=(const FolderInMaking&) = delete;
    ~FolderInMaking()
    {
        if (!m_isKept)
            (void)removeTree(m_path.toStdString()); // nothing more can be done about it
    }
    void keep() { m_isKept = true; }

private:
    QString m_path;
    bool m_isKept = false;
};

bool isBlockDevice(const QString& path)
{
    struct stat found { };
    return ::stat(path.toUtf8().constData(), &found) == 0 && S_ISBLK(found.st_mode);
}

class VmCreation {
public:
    VmCreation(const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context)
        : m_tools(tools)
        , m_in(ingredients)
        , m_plan(ingredients.plan)
        , m_context(context)
        , m_uuid(QUuid::createUuid().toString(QUuid::WithoutBraces))
        , m_folder(tools.folders, tools.keyOf(m_uuid))
    {
    }

    Result<> run()
    {
        auto connection = m_tools.link->connection();
        if (!connection)
            return std::move(connection).error();
        if (auto checked = check(connection->get()); !checked)
            return checked;
        FolderInMaking making(m_folder.path());
        const auto claim = beginVmFolder(m_folder, m_tools.uri);
        if (!claim)
            return Error(claim.error());
        VolumeInMaking volume(connection->get(), m_tools, m_folder);
        auto xml = prepareFiles(volume);
        if (!xml)
            return std::move(xml).error();
        if (m_context.isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        m_context.setStep(tr("Telling libvirt"));
        if (auto ended = endVmFolder(m_folder); !ended)
            return ended;
        const std::int64_t before = monotonicNanoseconds();
        if (auto defined = defineMachine(connection->get(), *xml); !defined) {
            if (hasBrokenOff(defined.error())) { // it may be: the sweep removes the folder where it is not
                making.keep();
                volume.keep();
            }
            return defined;
        }
        making.keep();
        volume.keep();
        (void)m_folder.writeDefinition(
            std::chrono::nanoseconds(monotonicNanoseconds() - before)); // a figure: the VM is there without it
        return {};
    }

    /// What an import would be; makes nothing.
    Result<QByteArray> describe() const
    {
        if (const auto* iso = std::get_if<IsoSource>(&m_plan.source))
            return describeInstall(*iso);
        const auto& disk = std::get<DiskSource>(m_plan.source);
        if (isNamedAsAppliance(disk.path)) {
            const auto appliance = Appliance::open(disk.path);
            return appliance ? applianceDomain(*appliance) : Result<QByteArray>(appliance.error());
        }
        const auto file = openDisk(disk.path);
        if (!file)
            return Error(file.error());
        const auto facts = probeFor(*m_in.machine, *file);
        return facts ? importDomain(disk, *facts) : Result<QByteArray>(facts.error());
    }

    QString uuid() const { return m_uuid; }

private:
    bool hasPool() const { return m_in.machine && !m_in.machine->pool.isEmpty(); }

    Result<QByteArray> describeInstall(const IsoSource& iso) const
    {
        if (!hasPool())
            return plainDomain(ownDisk(), iso.path);
        const auto connection = m_tools.link->connection();
        const auto planned = connection ? planNewVolume(connection->get(), m_tools, *m_in.machine)
                                        : Result<NewVolume>(Error(connection.error()));
        return planned ? Result<QByteArray>(plainDomain(*planned, iso.path)) : Result<QByteArray>(planned.error());
    }

    Result<> check(virConnectPtr connection)
    {
        if (m_tools.place == HypervisorPlace::Elsewhere)
            return Error{ ErrorCode::Unsupported,
                "its disk would be made on this computer, where the one that is to run it does not find it", 0,
                "Put the disk into a pool there (twinhullctl --connect NAME pool volume upload POOL VOLUME FILE), and "
                "define a VM on it: twinhullctl --connect NAME vm define FILE.xml" };
        if (const DomainHandle other(virDomainLookupByName(connection, m_plan.name.toUtf8().constData())); other)
            return Error{ ErrorCode::AlreadyExists, "a VM of that name exists", 0, "Choose another name" };
        if (m_in.image) {
            auto decision = chooseImageMachine(
                connection, m_plan.labels, m_in.engine, [&] { return microvmFailures(connection).find(); });
            if (!decision)
                return std::move(decision).error();
            m_machine = *std::move(decision);
        }
        if (m_in.machine && m_plan.hasNetwork) {
            if (const auto looked = lookAtCard(connection, m_tools, m_in.machine->card); !looked)
                return looked.error();
        }
        for (const PublishedPort& port : portsOnIpv4(m_plan.ports)) {
            if (auto free = checkPortIsFree(port); !free)
                return free;
        }
        if (!m_in.machine || (!m_in.machine->hasTpm && firmware() == MachineFirmware::Bios))
            return {};
        const auto host = readHostAbilities(connection, m_in.engine);
        return host ? checkFirmware(*m_in.machine, *host) : Result<>(host.error());
    }

    MicrovmFailures microvmFailures(virConnectPtr connection) const
    {
        const auto kernel = findGuestKernel(m_tools.folders);
        return { m_tools.folders, m_in.image->digest, qemuVersionOf(connection), kernel ? kernel->version : QString() };
    }

    static Result<> define(virConnectPtr connection, const QByteArray& xml)
    {
        const DomainHandle domain(virDomainDefineXML(connection, xml.constData()));
        return domain ? Result<>() : Result<>(libvirtError("define"));
    }

    /// A microvm that libvirt refuses is a q35 instead, unless it was asked for by name.
    Result<> defineMachine(virConnectPtr connection, const QByteArray& xml)
    {
        auto defined = define(connection, xml);
        if (defined || m_machine.machine != ImageMachine::Microvm)
            return defined;
        if (!mayBeTheMachines(defined.error()) || defined.error().code == ErrorCode::Timeout)
            return defined;
        const auto choice = machineChoiceOf(m_plan.labels);
        if (!choice || *choice == MachineChoice::Microvm)
            return defined.error().hint.empty() ? Result<>(std::move(defined).error().withHint(kInsteadOfMicrovm))
                                                : defined;
        const auto q35 = asQ35(xml);
        auto again = q35 ? define(connection, *q35) : Result<>(q35.error());
        if (!again)
            return hasBrokenOff(again.error()) ? again : defined;
        const QString said = QString::fromStdString(defined.error().message);
        microvmFailures(connection).remember(said);
        m_machine = { ImageMachine::Q35, MachineNote{ Q35Reason::Failed, said, QDateTime::currentDateTimeUtc() } };
        (void)keepMachineNote(); // it is a q35 without it
        return {};
    }

    Result<> keepMachineNote() const
    {
        return m_machine.note ? writeMachineNote(m_folder, *m_machine.note) : Result<>();
    }

    MachineFirmware firmware() const
    {
        return m_in.machine ? m_in.machine->firmware.value_or(MachineFirmware::Bios) : MachineFirmware::Bios;
    }

    Result<QByteArray> prepareFiles(VolumeInMaking& volume) const
    {
        if (m_in.image)
            return prepareImageVm();
        if (const auto* iso = std::get_if<IsoSource>(&m_plan.source))
            return prepareIsoVm(*iso, volume);
        return prepareDiskVm(std::get<DiskSource>(m_plan.source));
    }

    Result<QByteArray> prepareImageVm() const
    {
        const auto kernel = requireGuestKernel(m_tools.folders);
        if (!kernel)
            return Error(kernel.error());
        const auto setup = guestSetupFor(m_plan, *m_in.image);
        if (!setup)
            return Error(setup.error());
        if (auto written = writeFileAtomically(m_folder.setupPath().toStdString(), encodeGuestSetup(*setup)); !written)
            return std::move(written).error();
        m_context.setStep(tr("Making the writable layer"));
        if (auto made = makeOverlayDisk(m_folder.overlayPath().toStdString(), m_tools.folders.disks()); !made)
            return std::move(made).error().withContext("make the writable layer");
        if (auto noted = keepMachineNote(); !noted)
            return Error(std::move(noted).error());
        const bool isEmulated = m_in.engine == DomainEngine::Tcg;
        ImageDomain domain{ common(), kernel->vmlinuxPath,
            isEmulated ? kernel->emulatedInitramfsPath : kernel->initramfsPath, m_in.rootDiskPath,
            m_folder.overlayPath(), m_folder.setupPath(), m_folder.agentSocketPath(), m_folder.sessionSocketPaths() };
        domain.machine = m_machine.machine;
        if (isEmulated && m_machine.machine == ImageMachine::Microvm)
            domain.tscKilohertz = measureTscKilohertz([this](auto time) { return !m_context.waitForCancel(time); });
        return writeDomain(domain);
    }

    Result<QByteArray> prepareIsoVm(const IsoSource& iso, VolumeInMaking& volume) const
    {
        m_context.setStep(tr("Making the disk"));
        const auto disk = hasPool() ? volume.make(*m_in.machine) : makeOwnDisk(iso);
        if (!disk)
            return disk.error();
        auto fetched = fetchInstaller();
        return fetched ? Result<QByteArray>(plainDomain(*disk, iso.path)) : std::move(fetched).error();
    }

    Result<NewVolume> makeOwnDisk(const IsoSource& iso) const
    {
        const std::string qemuImg = findExecutable("qemu-img");
        if (qemuImg.empty())
            return Error{ ErrorCode::Unavailable, "qemu-img is not installed", 0, "sudo apt install qemu-utils" };
        auto made = runChecked({ { qemuImg, "create", "-q", "-f", "qcow2", m_folder.diskPath().toStdString(),
                                     std::to_string(iso.diskBytes) },
                                   {}, {} },
            kDiskDeadline);
        if (!made)
            return std::move(made).error().withContext("make the disk");
        return ownDisk();
    }

    Result<> fetchInstaller() const
    {
        if (!m_in.machine || !m_in.machine->installer)
            return {};
        const InstallerSource& asked = *m_in.machine->installer;
        m_context.setStep(tr("Looking at the installation tree"));
        const auto source = openInstallSource(asked.location);
        if (!source)
            return Error(source.error());
        const auto tree = lookAtTree(**source, asked.location, m_context);
        if (!tree)
            return Error(tree.error());
        const InstallerFiles files(m_folder);
        if (auto fetched = files.fetch(**source, *tree, m_context); !fetched)
            return fetched;
        QString arguments = tree->arguments;
        if (asked.unattended) {
            const auto script = addScript(asked, files);
            if (!script)
                return Error(script.error());
            arguments += u' ' + script->arguments;
        }
        return files.setPending(arguments + u' ' + asked.arguments);
    }

    Result<InstallScript> addScript(const InstallerSource& asked, const InstallerFiles& files) const
    {
        m_context.setStep(tr("Writing the installer’s script"));
        UnattendedInstall wanted = *asked.unattended;
        if (wanted.hostName.isEmpty())
            wanted.hostName = QString::fromStdString(hostNameFrom(m_plan.name));
        auto script = makeInstallScript(wanted, { asked.location, m_in.machine->hasVirtioDevices });
        if (!script)
            return script;
        auto added = addToInitrd(files.initrdPath(), *script);
        return added ? std::move(script) : Result<InstallScript>(std::move(added).error());
    }

    Result<QByteArray> prepareDiskVm(const DiskSource& disk) const
    {
        if (m_in.machine)
            return prepareImport(disk);
        if (isNamedAsAppliance(disk.path))
            return Error{ ErrorCode::Unsupported, "an appliance is no disk", 0, "twinhullctl vm import --disk FILE" };
        auto file = openPath(disk.path.toStdString(), O_RDONLY); // may be a block device
        if (!file)
            return std::move(file).error();
        const auto format = formatOfDisk(*file);
        return format ? Result<QByteArray>(plainDomain({ {}, disk.path, *format, isBlockDevice(disk.path) }, QString()))
                      : Error(format.error());
    }

    Result<QByteArray> prepareImport(const DiskSource& disk) const
    {
        if (isNamedAsAppliance(disk.path)) {
            const auto appliance = Appliance::open(disk.path);
            if (!appliance)
                return Error(appliance.error());
            if (auto made = makeApplianceDisks(*appliance, m_folder.path(), m_in.machine->diskBytes, m_context); !made)
                return std::move(made).error();
            auto seeded = makeSeed();
            return seeded ? Result<QByteArray>(applianceDomain(*appliance)) : std::move(seeded).error();
        }
        const auto file = openDisk(disk.path);
        if (!file)
            return Error(file.error());
        const auto facts = probeFor(*m_in.machine, *file);
        if (!facts)
            return Error(facts.error());
        if (m_in.machine->handling == DiskHandling::Copy) {
            const std::string target = m_folder.diskPath().toStdString();
            if (auto made = convertDisk(*file, *facts, target, m_in.machine->diskBytes, m_context); !made)
                return std::move(made).error();
        }
        auto seeded = makeSeed();
        return seeded ? Result<QByteArray>(importDomain(disk, *facts)) : std::move(seeded).error();
    }

    Result<> makeSeed() const
    {
        if (!m_in.machine->cloudInit)
            return {};
        m_context.setStep(tr("Making the medium for cloud-init"));
        const QString hostName = QString::fromStdString(hostNameFrom(m_plan.name));
        return makeCloudSeed(*m_in.machine->cloudInit, m_uuid, hostName, m_folder.seedPath().toStdString());
    }

    QString seedOrNone() const { return m_in.machine->cloudInit ? m_folder.seedPath() : QString(); }

    QByteArray applianceDomain(const Appliance& appliance) const
    {
        QStringList more;
        for (std::size_t i = 1; i < appliance.document().disks.size(); ++i)
            more << applianceDiskPath(m_folder.path(), i);
        return plainDomain(ownDisk(), seedOrNone(), more, networkCardsOf(appliance.document()));
    }

    QByteArray importDomain(const DiskSource& disk, const DiskFacts& facts) const
    {
        const bool isCopy = m_in.machine->handling == DiskHandling::Copy;
        return plainDomain(isCopy ? ownDisk() : NewVolume{ {}, disk.path, facts.format }, seedOrNone()); // a file
    }

    NewVolume ownDisk() const { return { {}, m_folder.diskPath(), QStringLiteral("qcow2") }; }

    QByteArray plainDomain(
        const NewVolume& disk, const QString& mediumPath, const QStringList& moreDisks = {}, int networkCards = 1) const
    {
        PlainDomain domain{ common(), disk.path, disk.format, mediumPath, m_folder.qemuAgentSocketPath() };
        domain.isDiskDevice = disk.isDevice;
        domain.isMediumDevice = isBlockDevice(mediumPath);
        domain.firmware = firmware();
        domain.hasVirtioDevices = m_in.machine && m_in.machine->hasVirtioDevices;
        domain.hasTpm = m_in.machine && m_in.machine->hasTpm;
        domain.isClockLocal = m_in.machine && m_in.machine->isClockLocal;
        domain.moreDiskPaths = moreDisks;
        if (m_in.machine)
            domain.card = m_in.machine->card;
        domain.networkCards = networkCards;
        const auto* iso = std::get_if<IsoSource>(&m_plan.source);
        domain.startsFromNetwork = iso != nullptr && iso->path.isEmpty() && !(m_in.machine && m_in.machine->installer);
        return writeDomain(domain);
    }

    DomainCommon common() const
    {
        DomainMark mark;
        if (m_in.image) {
            mark.imageReference = m_in.image->shortName();
            mark.imageDigest = m_in.image->digest;
        }
        mark.twinGroup = m_plan.twinGroup;
        mark.ports = portsOnIpv4(m_plan.ports);
        mark.labels = m_plan.labels;
        mark.cpus = m_plan.limits.cpus;
        return { m_uuid, m_plan.name, memoryBytesFor(m_plan), cpusOf(m_plan),
            QString::fromStdString(formatNumberList(m_plan.pinnedCpus)), m_in.engine, m_plan.hasNetwork,
            m_folder.logPath(), mark };
    }

    const VmToolbox& m_tools;
    const VmIngredients& m_in;
    const WorkloadPlan& m_plan;
    JobContext& m_context;
    QString m_uuid;
    VmFolder m_folder;
    MachineDecision m_machine; ///< of one made from an image
};

} // namespace

Result<> createVm(const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context)
{
    VmCreation creation(tools, ingredients, context);
    auto created = creation.run().withContext("create " + ingredients.plan.name.toStdString());
    if (created)
        tools.link->refresh(creation.uuid());
    return created;
}

Result<QByteArray> describeVm(const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context)
{
    return VmCreation(tools, ingredients, context)
        .describe()
        .withContext("describe " + ingredients.plan.name.toStdString());
}

} // namespace twinhull
