// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/screens/console_stream.h"

namespace twinhull {

/// The consoles of the domains of one connection.
class VmConsoles : public MachineConsoles {
public:
    /// `calls` must outlive the jobs.
    VmConsoles(VmToolbox tools, QThreadPool* calls);
    /// Waits at most two seconds for those that were open; one that hangs is left behind.
    ~VmConsoles() override;
    VmConsoles(const VmConsoles&) = delete;
    VmConsoles& operator=(const VmConsoles&) = delete;

    std::unique_ptr<Job> list(const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineConsole>> into) override;
    std::unique_ptr<ConsoleSession> open(
        const WorkloadInfo& machine, const QString& alias, ConsoleTakeover takeover) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
    std::shared_ptr<ConsoleThreads> m_threads = std::make_shared<ConsoleThreads>();
};

/// What a domain's XML says of its serial ports and consoles; Corrupt when it is no domain.
Result<std::vector<MachineConsole>> consolesIn(const QByteArray& domainXml);

} // namespace twinhull
