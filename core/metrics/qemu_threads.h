// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/process_reader.h"

#include <functional>
#include <map>
#include <set>

namespace twinhull {

/// Which threads of a virtual machine's QEMU used its CPU time. Nanoseconds, monotone; none of them counts another's.
struct QemuCpu {
    std::uint64_t process = 0; ///< all its threads, ended ones too
    std::uint64_t vcpus = 0;
    std::uint64_t ioThreads = 0;
    std::uint64_t vhost = 0; ///< the kernel's workers, whoever's threads they are
    std::uint64_t vhostApart = 0; ///< of that: not in `process`
    std::uint64_t vhostUncounted = 0; ///< of that: nor in the cgroup that is counted
    std::uint64_t vcpuWait = 0; ///< vCPUs were ready and waited for a core: what a guest calls steal
};

/// The threads of one QEMU by kept descriptors: /proc/PID/task/TID/schedstat (Documentation/scheduler/sched-stats.rst),
/// to the scheduler's tick. Reads nothing while the process sleeps. Threads are known by the names that QEMU gives them
/// with -name debug-threads=on, which libvirt always sets. Workers of vhost are QEMU's threads since Linux 6.4; before,
/// they are the kernel's, named after the thread that asked for them, and lie in its cgroup (drivers/vhost/vhost.c).
class QemuThreads {
public:
    /// Whether the CPU time of a thread of the kernel's is counted with the cgroup.
    using IsCounted = std::function<bool(pid_t)>;
    static Result<QemuThreads> open(const ProcTree& proc, pid_t pid, IsCounted isCounted = {});

    /// False when it is gone.
    bool refresh(ReadBuffer& buffer);
    const QemuCpu& cpu() const { return m_cpu; }
    /// One was ever seen. Of more than a thousand threads the first are known; the others count as the emulator's.
    bool hasVcpus() const { return m_hasVcpus; }
    /// False where a worker of vhost could be a thread of the kernel that is not shown.
    bool knowsVhost() const { return m_knowsVhost; }

private:
    enum class Part { Vcpu, IoThread, Vhost };
    struct Thread {
        Part part;
        KeptFile schedstat;
        bool isKernels = false;
        bool isCounted = false; ///< by a cgroup; of one of the kernel's
        std::uint64_t run = 0; ///< what is counted of it
        std::uint64_t wait = 0;
        bool isGone = false;
    };

    QemuThreads(const ProcTree& proc, ProcessReader process, IsCounted isCounted);

    void findThreads(ReadBuffer& buffer);
    void findWorkersOfTheKernel(ReadBuffer& buffer);
    bool addWorkerOfTheKernel(pid_t pid, ReadBuffer& buffer);
    std::optional<Part> partOf(const std::string& folder, ReadBuffer& buffer) const;
    void count(Thread& thread, ReadBuffer& buffer);

    std::string m_root; ///< /proc
    std::string m_tasks; ///< /proc/PID/task
    IsCounted m_isCounted;
    ProcessReader m_process;
    std::map<pid_t, Thread> m_threads; ///< of the parts only
    std::set<pid_t> m_othersThreads; ///< of the kernel's
    QemuCpu m_cpu;
    unsigned m_round = 0;
    unsigned m_kernelRound = 0;
    bool m_hasVcpus = false;
    bool m_knowsVhost = true;
};

} // namespace twinhull
