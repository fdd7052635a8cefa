// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <cstdint>
#include <optional>

namespace twinhull {

/// Why a figure has no value: what it needs before it can be read. Each has its sentence, which also says how to get
/// it.
enum class Needs : std::uint8_t {
    Nothing, ///< there is a value
    FirstReading, ///< nothing was read yet
    SecondReading, ///< a rate is the growth between two readings
    NextLibvirtReading, ///< libvirt is asked every few seconds, not every tick
    NextGuestReading, ///< so is the agent of a guest
    NextPressureReading, ///< of a cgroup: every few seconds
    NextNetworkReading, ///< of what rests: every few seconds
    VirtualCpus, ///< a container has none
    VirtualMemory, ///< nor a memory that is made for it
    VirtualDisk, ///< nor one of these
    DiskRequests, ///< none was made
    Kvm, ///< an emulated VM has no exits
    NetworkHelper, ///< the network is made by the kernel or by QEMU
    FileSystemHelper, ///< no folder is shared through one
    Monitor, ///< a VM has none
    TcpConnections, ///< none is open on this computer
    SocketRights, ///< /proc/PID/fd
    SocketDiagnosis, ///< sock_diag of the kernel
    DelayAccounting, ///< of the kernel, since its threads began
    Ksm, ///< the kernel's counts of merged pages
    EveryProcess, ///< some of its processes are not counted, so the sum would be too small
    ProcessOnThisComputer,
    OwnersRights, ///< its process belongs to another user
    IoRights, ///< /proc/PID/io
    NetworkRights, ///< /proc/PID/ns/net
    SmapsRights, ///< /proc/PID/smaps_rollup
    SmapsSplit, ///< smaps with VmFlags, and Pss_Anon of smaps_rollup
    SmapsRollup, ///< the file, or a process that can be asked
    ThreadNames, ///< QEMU with -name debug-threads=on
    KernelThreads, ///< those of vhost before Linux 6.4
    NetworkOfItsOwn,
    NetworkFigures, ///< /proc/PID/net/dev
    CgroupOfItsOwn,
    MachineCgroup, ///< the same of a VM
    MemoryController,
    MemoryStat, ///< memory.current and memory.stat of its cgroup, which are there
    SwapAccounting, ///< memory.swap.current of its cgroup
    CpuController, ///< throttled_usec in cpu.stat of its cgroup
    CgroupPressure, ///< cpu.pressure, memory.pressure, io.pressure of its cgroup
    FullPressure, ///< the line "full" of cpu.pressure
    IoController, ///< io.stat of its cgroup is not there
    IoStat, ///< io.stat of its cgroup
    LibvirtAnswer,
    GuestReport, ///< of our agent, which told less
    GuestAnswer, ///< there is an agent, and it is silent
    GuestKernel, ///< a container has none
    GuestAgent, ///< ours, which VMs made from images have
    BalloonDriver, ///< of a guest without our agent, as the next five
    BalloonReports, ///< it told once, long ago
    QemuAgentChannel, ///< between libvirt and qemu-guest-agent
    QemuAgent, ///< is not connected, or silent
    QemuAgentFileSystems, ///< it answers, and does not tell them
    QemuAgentLoad,
    CountedNetwork, ///< QEMU's own network is counted by nobody
    GuestDisk, ///< of its own; a container has none
    Image, ///< it was not made from one, or that is gone
    NamedVolume, ///< none is mounted
    OverlayRoot, ///< its root is a copy of its image
    FewerFiles, ///< too many to look at each
    FileRights, ///< its files cannot be looked at
    ProcStat,
    ProcMeminfo,
    ProcPressure,
    ProcSelf,
};
inline constexpr Needs kLastNeeds = Needs::ProcSelf;

/// Needs that a person cannot meet: a workload of this kind, or this one as it was made, has no such thing beside it.
inline constexpr std::array kForeignNeeds{ Needs::VirtualCpus, Needs::VirtualMemory, Needs::VirtualDisk,
    Needs::FileSystemHelper, Needs::Monitor, Needs::GuestDisk, Needs::Image, Needs::NamedVolume, Needs::OverlayRoot };
bool isForeign(Needs needs);

/// "needs X: how to get it", translated; empty for Nothing.
QString sentenceFor(Needs needs);
/// "needs X", where there is no room for more; the sentence goes into a tool tip.
QString shortSentenceFor(Needs needs);

/// The same in two or three words, for a column of figures: "needs cgroup v2".
QString narrowSentenceFor(Needs needs);

/// In English, whatever language people read: for what is written down. No two are the same.
QString writtenSentenceFor(Needs needs);
/// Nothing for what another version of this program wrote.
std::optional<Needs> needsFrom(const QString& writtenSentence);

} // namespace twinhull
