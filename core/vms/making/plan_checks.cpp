// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_creation.h"

#include "core/base/signal_name.h"
#include "core/vms/making/cloud_init_seed.h"
#include "core/vms/making/install_script.h"
#include "core/workload/option_text.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::uint64_t kSmallestVmBytes = std::uint64_t{ 64 } << 20U;
constexpr int kMostCpus = 255;
constexpr qsizetype kLongestName = 64;

Error invalid(std::string message, std::string_view hint = {})
{
    return Error{ ErrorCode::InvalidArgument, std::move(message), 0, std::string(hint) };
}

/// Names become file names of libvirt's own.
Result<> checkName(const QString& name)
{
    const bool isClean = std::all_of(name.begin(), name.end(), [](QChar c) { return c.isPrint() && c != u'/'; });
    if (name.trimmed().isEmpty() || name.size() > kLongestName || !isClean || name.startsWith(u'.'))
        return invalid("\"" + name.toStdString() + "\" is no name for a VM",
            "Use up to 64 letters, digits, spaces and dashes; no slash and no dot at the start");
    return {};
}

Result<> checkLimits(const WorkloadPlan& plan, std::uint64_t hostMemoryBytes)
{
    const std::uint64_t memory = memoryBytesFor(plan);
    if (memory > hostMemoryBytes)
        return invalid("it asks for " + std::to_string(memory >> 20U) + " MiB of memory and this host has "
                + std::to_string(hostMemoryBytes >> 20U) + " MiB",
            "Choose less memory");
    if (memory < kSmallestVmBytes)
        return invalid("a VM needs at least 64 MiB of memory", "Choose more memory");
    if (plan.limits.cpus && (!(*plan.limits.cpus > 0) || *plan.limits.cpus > kMostCpus))
        return invalid("a VM has 1 to 255 CPUs", "Choose another number");
    return {};
}

Result<> checkMedium(const QString& path, const char* what, HypervisorPlace place)
{
    if (place == HypervisorPlace::Elsewhere && !path.startsWith(u'/'))
        return invalid(std::string(what) + " " + path.toStdString() + " is no whole path",
            "Give the path that the volume has on that host");
    if (place == HypervisorPlace::Elsewhere)
        return {};
    if (::access(path.toUtf8().constData(), R_OK) == 0)
        return {};
    return Error::fromErrno(errno, std::string(what) + " " + path.toStdString()).withHint("Choose another file");
}

Result<> checkSource(const WorkloadPlan& plan, HypervisorPlace place)
{
    if (const auto* iso = std::get_if<IsoSource>(&plan.source)) {
        if (iso->diskBytes < (1U << 20U))
            return invalid("the new disk needs a size", "Choose at least 1 MiB");
        if (iso->path.isEmpty() && !plan.hasNetwork)
            return invalid(
                "it has neither a medium nor a network to start from", "Choose a medium, or give it a network");
        return iso->path.isEmpty() ? Result<>() : checkMedium(iso->path, "installation medium", place);
    }
    if (const auto* disk = std::get_if<DiskSource>(&plan.source))
        return checkMedium(disk->path, "disk", place);
    return {};
}

Error unsupportedInVm(const std::string& what, const char* why)
{
    return Error{ ErrorCode::Unsupported, what + ": " + why, 0, "Leave it out, or make a container" };
}

/// What is between a container and the kernel that it shares is not there in a VM.
Result<> checkSharedKernelOptions(const WorkloadPlan& plan)
{
    constexpr const char* kOwnKernel = "a VM has a kernel of its own";
    const SecurityOptions& security = plan.security;
    if (!security.addedCapabilities.isEmpty() || !security.droppedCapabilities.isEmpty())
        return unsupportedInVm("capabilities", kOwnKernel);
    if (security.seccomp != SeccompChoice::Default || security.allowsNewPrivileges)
        return unsupportedInVm("security options", kOwnKernel);
    if (plan.fineLimits != FineLimits())
        return unsupportedInVm("limits of swap, shares, processors and disks", "a VM is limited by its size");
    if (!plan.files.devices.empty())
        return unsupportedInVm("devices", kOwnKernel);
    if (plan.files.isRootReadOnly || !plan.files.temporaryFolders.empty())
        return unsupportedInVm("a read-only root and folders in memory", "a VM has a disk to write on");
    if (!plan.files.secrets.empty())
        return unsupportedInVm("secrets", "nothing brings a file into a VM's memory yet");
    return {};
}

Result<> checkNaming(const NamingOptions& naming)
{
    if (!naming.nameServers.isEmpty() || !naming.searchDomains.isEmpty() || !naming.hosts.empty())
        return unsupportedInVm("name servers and host entries", "a VM asks its network's own name server");
    return naming.hostName.isEmpty() ? Result<>() : checkHostName(naming.hostName);
}

Result<> checkProcess(const WorkloadPlan& plan)
{
    const ProcessOptions& process = plan.process;
    const bool isAsked = process != ProcessOptions() || !plan.naming.hostName.isEmpty();
    if (isAsked && !std::holds_alternative<ImageSource>(plan.source))
        return unsupportedInVm("user, folder, entrypoint, host name and stop signal",
            "only a VM made from an image runs a program that can be told");
    if (process.keepId)
        return unsupportedInVm("keep-id", "a VM's users are its own");
    if (!process.limits.empty())
        return unsupportedInVm("limits of its processes", "a VM's system sets its own");
    if (process.stopSeconds)
        return unsupportedInVm("a stop timeout", "a VM takes the time that its system needs");
    if (!process.workingFolder.isEmpty() && !process.workingFolder.startsWith(u'/'))
        return invalid("working folder " + process.workingFolder.toStdString() + ": not an absolute path inside");
    if (!process.stopSignal.isEmpty() && !signalNumber(process.stopSignal.toStdString()))
        return invalid("stop signal " + process.stopSignal.toStdString() + ": no such signal");
    return {};
}

Result<> checkOptions(const WorkloadPlan& plan)
{
    if (auto checked = checkSharedKernelOptions(plan); !checked)
        return checked;
    if (auto checked = checkNaming(plan.naming); !checked)
        return checked;
    return checkProcess(plan);
}

/// Of its card and its new disk.
Result<> checkPlaces(const MachineImport& machine)
{
    if (machine.card.kind != MachineCard::Kind::User && !machine.plan.ports.empty())
        return invalid("ports are published from QEMU's own network alone",
            "Leave the ports out: in a virtual network or on a bridge the VM has an address of its own");
    const bool isPlaced = !machine.pool.isEmpty() || !machine.volume.isEmpty() || !machine.newFormat.isEmpty();
    if (isPlaced && !std::holds_alternative<IsoSource>(machine.plan.source))
        return invalid("a pool is for the new disk of a VM that is installed",
            "Leave the pool out; a copied disk is in the VM's own folder");
    if (machine.pool.isEmpty() && (!machine.volume.isEmpty() || !machine.newFormat.isEmpty()))
        return invalid("a volume needs a pool", "Name the pool as well: pool=POOL");
    return {};
}

constexpr qsizetype kLongestArguments = 1024; // the kernel's own limit for all of them is 2048

} // namespace

Result<> canRunInstaller(const MachineImport& machine, HypervisorPlace place)
{
    if (!machine.installer)
        return {};
    if (place != HypervisorPlace::Here)
        return Error{ ErrorCode::Unsupported, "an installer is started directly on this computer alone", 0,
            "Start the VM from a medium (--cdrom) or from its network (--pxe)" };
    const QString& arguments = machine.installer->arguments;
    const bool isClean = std::all_of(arguments.begin(), arguments.end(), [](QChar c) { return c.isPrint(); });
    if (!isClean || arguments.size() > kLongestArguments)
        return invalid("the installer's arguments are no line of at most 1024 letters", "Write them as console=ttyS0");
    if (machine.installer->location.isEmpty())
        return invalid("it has no installer", "Give an address, a folder or an ISO file");
    return machine.installer->unattended ? checkUnattended(*machine.installer->unattended) : Result<>();
}

std::uint64_t memoryBytesFor(const WorkloadPlan& plan)
{
    const bool isImage = std::holds_alternative<ImageSource>(plan.source);
    return plan.limits.memoryBytes.value_or(isImage ? kDefaultImageVmBytes : kDefaultPlainVmBytes);
}

Result<> checkPlan(const WorkloadPlan& plan, std::uint64_t hostMemoryBytes, HypervisorPlace place)
{
    if (auto checked = checkName(plan.name); !checked)
        return checked;
    if (auto checked = checkLimits(plan, hostMemoryBytes); !checked)
        return checked;
    if (!plan.mounts.empty())
        return Error{ ErrorCode::Unsupported,
            "a VM cannot have folders of the host: its kernel shares none with it (no 9p)", 0,
            "Leave the folders and volumes out, or make a container" };
    if (auto checked = checkOptions(plan); !checked)
        return checked;
    if (plan.hasTerminal || plan.hasInput)
        return Error{ ErrorCode::Unsupported, "a VM has a serial console, not a terminal or standard input", 0,
            "Leave the terminal out, or make a container" };
    if (!(plan.upkeep == Upkeep{}))
        return Error{ ErrorCode::Unsupported, "a VM has no restart policy, health check or log limits", 0,
            "Leave them out, or make a container" };
    if (!plan.networks.empty() || plan.hasHostNetwork)
        return Error{ ErrorCode::Unsupported, "a VM cannot be in networks of containers, nor in this computer's own", 0,
            "Leave the networks out, or make a container" };
    if (!plan.ports.empty() && !plan.hasNetwork)
        return invalid("ports cannot be published without a network", "Switch the network on or leave the ports out");
    if (plan.ports.size() > kMostPublishedPorts)
        return invalid("more than " + std::to_string(kMostPublishedPorts) + " ports", "Publish fewer ports");
    return checkSource(plan, place);
}

Result<> checkImport(const MachineImport& machine, std::uint64_t hostMemoryBytes, HypervisorPlace place)
{
    if (auto checked = checkPlan(machine.plan, hostMemoryBytes, place); !checked)
        return checked;
    static const QStringList formats{ QString(), QStringLiteral("qcow2"), QStringLiteral("raw"), QStringLiteral("vmdk"),
        QStringLiteral("vdi"), QStringLiteral("vhdx"), QStringLiteral("vpc") };
    if (!formats.contains(machine.format))
        return invalid("\"" + machine.format.toStdString() + "\" is no format of a disk",
            "Choose qcow2, raw, vmdk, vdi, vhdx or vpc, or leave it out");
    if (machine.handling == DiskHandling::InPlace && machine.diskBytes != 0)
        return invalid("a disk that is used in place keeps its size", "Copy it, or leave the size out");
    if (auto checked = checkPlaces(machine); !checked)
        return checked;
    return machine.cloudInit ? checkCloudInit(*machine.cloudInit) : Result<>();
}

} // namespace twinhull
