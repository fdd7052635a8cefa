// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/process_reader.h"

#include <map>

namespace twinhull {

/// Which threads of a virtual machine's QEMU used its CPU time. Nanoseconds, monotone; none of them counts another's.
struct QemuCpu {
    std::uint64_t process = 0; ///< all its threads, ended ones too
    std::uint64_t vcpus = 0;
    std::uint64_t ioThreads = 0; ///< IO threads, and vhost where the kernel makes it a thread of QEMU (6.4 and later)
    std::uint64_t vcpuWait = 0; ///< vCPUs were ready and waited for a core: what a guest calls steal
};

/// The threads of one QEMU by kept descriptors: /proc/PID/task/TID/schedstat (Documentation/scheduler/sched-stats.rst),
/// to the scheduler's tick. Reads nothing while the process sleeps. Threads are known by the names that QEMU gives them
/// with -name debug-threads=on, which libvirt always sets.
class QemuThreads {
public:
    static Result<QemuThreads> open(const ProcTree& proc, pid_t pid);

    /// False when it is gone.
    bool refresh(ReadBuffer& buffer);
    const QemuCpu& cpu() const { return m_cpu; }
    /// One was ever seen. Of more than a thousand threads the first are known; the others count as the emulator's.
    bool hasVcpus() const { return m_hasVcpus; }

private:
    enum class Part { Vcpu, IoThread };
    struct Thread {
        Part part;
        KeptFile schedstat;
        std::uint64_t run = 0; ///< what is counted of it
        std::uint64_t wait = 0;
        bool isGone = false;
    };

    QemuThreads(const ProcTree& proc, ProcessReader process);

    void findThreads(ReadBuffer& buffer);
    std::optional<Part> partOf(const std::string& folder, ReadBuffer& buffer) const;
    void count(Thread& thread, ReadBuffer& buffer);

    std::string m_tasks; ///< /proc/PID/task
    ProcessReader m_process;
    std::map<pid_t, Thread> m_threads; ///< vCPUs and IO threads only
    QemuCpu m_cpu;
    unsigned m_round = 0;
    bool m_hasVcpus = false;
};

} // namespace twinhull
