// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/needs.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

/// Of what every figure may need, whatever it is read from.
const char* commonSentence(Needs needs)
{
    switch (needs) {
    case Needs::FirstReading:
        return QT_TRANSLATE_NOOP("Needs", "needs a first reading: it comes within seconds");
    case Needs::SecondReading:
        return QT_TRANSLATE_NOOP("Needs", "needs a second reading: a rate is the growth between two");
    case Needs::NextLibvirtReading:
        return QT_TRANSLATE_NOOP("Needs", "needs the next answer of libvirt: it is asked every five seconds");
    case Needs::NextGuestReading:
        return QT_TRANSLATE_NOOP("Needs", "needs the next answer of the guest: it is asked every few seconds");
    case Needs::NextPressureReading:
        return QT_TRANSLATE_NOOP("Needs", "needs the next reading of pressure: it is read every five seconds");
    case Needs::NextNetworkReading:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs the next reading of its network: where nothing runs it is read every five seconds");
    case Needs::VirtualDisk:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a virtual disk: no kernel counts how long the requests of a container take");
    case Needs::DiskRequests:
        return QT_TRANSLATE_NOOP("Needs", "needs requests: nothing was read or written");
    case Needs::Kvm:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs KVM, QEMU 7.1 and libvirt 8.9: an emulated VM has no exits that could be counted");
    case Needs::VirtualCpus:
        return QT_TRANSLATE_NOOP("Needs", "needs virtual processors: a container runs on those of this computer");
    case Needs::VirtualMemory:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a virtual machine: a container's processes use the memory of this computer as it is");
    case Needs::LibvirtAnswer:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs an answer of libvirt: it or this VM's QEMU is not answering; see virsh domstats");
    case Needs::GuestReport:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a report of the guest's agent: what it told leaves this out or contradicts itself");
    case Needs::GuestAnswer:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs an answer of the guest's agent: it is silent, and is asked again every half minute");
    case Needs::GuestKernel:
        return QT_TRANSLATE_NOOP("Needs", "needs a guest: a container has no kernel of its own that could report");
    case Needs::GuestAgent:
        return QT_TRANSLATE_NOOP("Needs",
            "needs our agent inside: a VM made from an image has it; neither balloon nor qemu-guest-agent tells this");
    case Needs::GuestDisk:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a disk of its own: what a container writes lies in a file system of this computer");
    default:
        return nullptr;
    }
}

/// Of what libvirt tells of guests without our agent.
const char* foreignGuestSentence(Needs needs)
{
    switch (needs) {
    case Needs::BalloonDriver:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a balloon's report: a virtio balloon in the VM, and its driver in the guest");
    case Needs::BalloonReports:
        return QT_TRANSLATE_NOOP("Needs",
            "needs regular reports of its balloon: virsh dommemstat NAME --period 5 --live makes the guest send them");
    case Needs::QemuAgentChannel:
        return QT_TRANSLATE_NOOP("Needs",
            "needs a channel for qemu-guest-agent: give the VM org.qemu.guest_agent.0, and install the agent in the "
            "guest");
    case Needs::QemuAgent:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs qemu-guest-agent in the guest: it does not answer; install it there, or start it again");
    case Needs::QemuAgentFileSystems:
        return QT_TRANSLATE_NOOP("Needs",
            "needs the root file system from qemu-guest-agent: version 3.0 or later, with guest-get-fsinfo allowed");
    case Needs::QemuAgentLoad:
        return QT_TRANSLATE_NOOP("Needs",
            "needs the load from qemu-guest-agent: version 10.0 or later in the guest, and libvirt 11.2 or later here");
    case Needs::CountedNetwork:
        return QT_TRANSLATE_NOOP("Needs",
            "needs a bridge, or our agent inside: libvirt counts what a bridge carries, and nobody QEMU's own network");
    default:
        return nullptr;
    }
}

/// Of what is read from the files of its processes.
const char* processSentence(Needs needs)
{
    switch (needs) {
    case Needs::EveryProcess:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs all its processes counted: a kernel with CONFIG_PROC_CHILDREN, and fewer processes");
    case Needs::ProcessOnThisComputer:
        return QT_TRANSLATE_NOOP("Needs", "needs its process on this computer: ask on the computer that runs it");
    case Needs::OwnersRights:
        return QT_TRANSLATE_NOOP("Needs", "needs the rights of the user who owns its process: ask as that user");
    case Needs::IoRights:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs permission to read /proc/PID/io: ask as the user who owns its processes");
    case Needs::NetworkRights:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs permission to read /proc/PID/ns/net: ask as the user who owns its processes");
    case Needs::SmapsRights:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs permission to read /proc/PID/smaps_rollup: ask as the user who owns its processes");
    case Needs::SmapsSplit:
        return QT_TRANSLATE_NOOP("Needs",
            "needs the parts of its memory in /proc/PID/smaps: Linux 5.4 or later, and of a VM QEMU's marks on the "
            "machine's memory");
    case Needs::SmapsRollup:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs /proc/PID/smaps_rollup: a kernel of 4.14 or later, and a process that lives");
    case Needs::Ksm:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs the kernel's count of merged pages: Linux 5.19 or later with CONFIG_KSM");
    case Needs::ThreadNames:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs the names of QEMU's threads: let libvirt start it, or give it -name debug-threads=on");
    case Needs::KernelThreads:
        return QT_TRANSLATE_NOOP("Needs",
            "needs to see the kernel's threads: before Linux 6.4 vhost works in them; ask outside of a container, with "
            "a kernel that has CONFIG_PROC_CHILDREN");
    case Needs::NetworkOfItsOwn:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a network of its own: it shares the host's network, whose traffic cannot be told apart");
    case Needs::NetworkFigures:
        return QT_TRANSLATE_NOOP("Needs", "needs /proc/PID/net/dev: its process ended or cannot be read");
    default:
        return nullptr;
    }
}

/// Of its helpers, its connections and its waiting.
const char* helperSentence(Needs needs)
{
    switch (needs) {
    case Needs::NetworkHelper:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a helper of its network: this one is made by the kernel or by QEMU itself");
    case Needs::FileSystemHelper:
        return QT_TRANSLATE_NOOP("Needs", "needs virtiofsd: no folder is shared with it through one");
    case Needs::Monitor:
        return QT_TRANSLATE_NOOP("Needs", "needs hull-monitor: it watches containers only");
    case Needs::TcpConnections:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs TCP connections: none is open here; what a bridge carries ends inside and cannot be seen");
    case Needs::SocketRights:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs permission to read /proc/PID/fd: ask as the user who owns its processes");
    case Needs::SocketDiagnosis:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs the kernel's socket diagnosis: CONFIG_INET_TCP_DIAG, or the module tcp_diag");
    case Needs::DelayAccounting:
        return QT_TRANSLATE_NOOP("Needs",
            "needs kernel.task_delayacct = 1 when it starts, and a wait: sysctl kernel.task_delayacct=1 as root, then "
            "start it again");
    default:
        return nullptr;
    }
}

/// Of what it takes of disks.
const char* diskSentence(Needs needs)
{
    switch (needs) {
    case Needs::Image:
        return QT_TRANSLATE_NOOP("Needs", "needs an image: it was not made from one that is in the store");
    case Needs::NamedVolume:
        return QT_TRANSLATE_NOOP("Needs", "needs a named volume: it mounts none");
    case Needs::OverlayRoot:
        return QT_TRANSLATE_NOOP("Needs",
            "needs an overlay: its root is a copy of its image, in which nobody tells what it wrote from what was "
            "copied");
    case Needs::FewerFiles:
        return QT_TRANSLATE_NOOP("Needs", "needs fewer files: there are more than a million, too many to look at each");
    case Needs::FileRights:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs its files: one of them is gone or may not be looked at; ask as the user who owns them");
    case Needs::IoController:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs the io controller in its cgroup: have systemd delegate it (Delegate=io)");
    default:
        return nullptr;
    }
}

/// Of what is read from its cgroup and of this computer.
const char* kernelSentence(Needs needs)
{
    switch (needs) {
    case Needs::CgroupOfItsOwn:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs a cgroup v2 of its own: a container gets one where systemd or root can make it");
    case Needs::MachineCgroup:
        return QT_TRANSLATE_NOOP("Needs",
            "needs a cgroup v2 of its own: libvirt's system service (qemu:///system) makes one for each VM, those of a "
            "session share their user's");
    case Needs::MemoryController:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs the memory controller in its cgroup: have systemd delegate it (Delegate=memory)");
    case Needs::MemoryStat:
        return QT_TRANSLATE_NOOP("Needs", "needs memory.current and memory.stat of its cgroup: they could not be read");
    case Needs::SwapAccounting:
        return QT_TRANSLATE_NOOP("Needs", "needs memory.swap.current of its cgroup: a kernel with CONFIG_SWAP");
    case Needs::CpuController:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs the CPU controller in its cgroup: have systemd delegate it (Delegate=cpu)");
    case Needs::CgroupPressure:
        return QT_TRANSLATE_NOOP(
            "Needs", "needs pressure figures of its cgroup: a kernel with CONFIG_PSI, and psi=1 at its start");
    case Needs::FullPressure:
        return QT_TRANSLATE_NOOP("Needs", "needs full pressure of its cgroup: Linux 5.13 or later with CONFIG_PSI");
    case Needs::IoStat:
        return QT_TRANSLATE_NOOP("Needs", "needs io.stat of its cgroup: it could not be read");
    case Needs::ProcStat:
        return QT_TRANSLATE_NOOP("Needs", "needs /proc/stat: it could not be read");
    case Needs::ProcMeminfo:
        return QT_TRANSLATE_NOOP("Needs", "needs /proc/meminfo with MemAvailable: it could not be read");
    case Needs::ProcPressure:
        return QT_TRANSLATE_NOOP("Needs", "needs pressure figures of the kernel: CONFIG_PSI, and psi=1 at its start");
    case Needs::ProcSelf:
        return QT_TRANSLATE_NOOP("Needs", "needs the files of this program under /proc/self: they could not be read");
    default:
        return nullptr;
    }
}

/// Null for Nothing.
const char* englishSentence(Needs needs)
{
    for (const auto sentenceOf :
        { commonSentence, foreignGuestSentence, processSentence, helperSentence, diskSentence, kernelSentence }) {
        if (const char* sentence = sentenceOf(needs))
            return sentence;
    }
    return nullptr;
}

/// In a narrow column one says of several what they have in common; the sentence tells them apart.
const char* narrowSharedSentence(Needs needs)
{
    switch (needs) {
    case Needs::NextLibvirtReading:
    case Needs::NextGuestReading:
    case Needs::NextPressureReading:
    case Needs::NextNetworkReading:
        return QT_TRANSLATE_NOOP("Needs", "needs next reading");
    case Needs::GuestReport:
    case Needs::GuestAnswer:
    case Needs::QemuAgentChannel:
    case Needs::QemuAgent:
    case Needs::QemuAgentFileSystems:
    case Needs::QemuAgentLoad:
        return QT_TRANSLATE_NOOP("Needs", "needs guest agent");
    case Needs::BalloonDriver:
    case Needs::BalloonReports:
        return QT_TRANSLATE_NOOP("Needs", "needs a balloon");
    case Needs::OwnersRights:
    case Needs::IoRights:
    case Needs::NetworkRights:
    case Needs::SmapsRights:
    case Needs::SocketRights:
        return QT_TRANSLATE_NOOP("Needs", "needs rights");
    case Needs::SmapsSplit:
    case Needs::SmapsRollup:
        return QT_TRANSLATE_NOOP("Needs", "needs smaps");
    case Needs::ThreadNames:
    case Needs::KernelThreads:
        return QT_TRANSLATE_NOOP("Needs", "needs thread names");
    case Needs::CgroupOfItsOwn:
    case Needs::MachineCgroup:
        return QT_TRANSLATE_NOOP("Needs", "needs cgroup v2");
    case Needs::MemoryController:
    case Needs::CpuController:
    case Needs::IoController:
        return QT_TRANSLATE_NOOP("Needs", "needs controller");
    case Needs::CgroupPressure:
    case Needs::FullPressure:
    case Needs::ProcPressure:
        return QT_TRANSLATE_NOOP("Needs", "needs PSI");
    default:
        return nullptr;
    }
}

/// Null where the short one is narrow.
const char* narrowSentence(Needs needs)
{
    switch (needs) {
    case Needs::Kvm:
        return QT_TRANSLATE_NOOP("Needs", "needs KVM");
    case Needs::CountedNetwork:
        return QT_TRANSLATE_NOOP("Needs", "needs a bridge");
    case Needs::EveryProcess:
        return QT_TRANSLATE_NOOP("Needs", "needs all counted");
    case Needs::ProcessOnThisComputer:
        return QT_TRANSLATE_NOOP("Needs", "needs local process");
    case Needs::Ksm:
        return QT_TRANSLATE_NOOP("Needs", "needs KSM");
    case Needs::NetworkOfItsOwn:
        return QT_TRANSLATE_NOOP("Needs", "needs own network");
    case Needs::NetworkHelper:
        return QT_TRANSLATE_NOOP("Needs", "needs a helper");
    case Needs::SocketDiagnosis:
        return QT_TRANSLATE_NOOP("Needs", "needs sock_diag");
    case Needs::DelayAccounting:
        return QT_TRANSLATE_NOOP("Needs", "needs delay counts");
    case Needs::LibvirtAnswer:
        return QT_TRANSLATE_NOOP("Needs", "needs libvirt");
    case Needs::MemoryStat:
        return QT_TRANSLATE_NOOP("Needs", "needs memory.stat");
    case Needs::SwapAccounting:
        return QT_TRANSLATE_NOOP("Needs", "needs swap counts");
    case Needs::IoStat:
        return QT_TRANSLATE_NOOP("Needs", "needs io.stat");
    default:
        return narrowSharedSentence(needs);
    }
}

} // namespace

bool isForeign(Needs needs)
{
    return std::find(kForeignNeeds.begin(), kForeignNeeds.end(), needs) != kForeignNeeds.end();
}

QString sentenceFor(Needs needs)
{
    const char* sentence = englishSentence(needs);
    return sentence != nullptr ? QCoreApplication::translate("Needs", sentence) : QString();
}

QString shortSentenceFor(Needs needs)
{
    return sentenceFor(needs).section(u':', 0, 0);
}

QString narrowSentenceFor(Needs needs)
{
    const char* sentence = narrowSentence(needs);
    return sentence != nullptr ? QCoreApplication::translate("Needs", sentence) : shortSentenceFor(needs);
}

QString writtenSentenceFor(Needs needs)
{
    return QString::fromUtf8(englishSentence(needs));
}

std::optional<Needs> needsFrom(const QString& writtenSentence)
{
    for (int number = 1; number <= static_cast<int>(kLastNeeds); ++number) {
        if (writtenSentenceFor(static_cast<Needs>(number)) == writtenSentence)
            return static_cast<Needs>(number);
    }
    return std::nullopt;
}

} // namespace twinhull
