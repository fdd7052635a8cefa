// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/proc_text.h"
#include "core/metrics/process_reader.h"
#include "core/metrics/detail_reader.h"
#include "core/metrics/sample.h"

namespace twinhull {

/// Figures of this computer and of this process, by kept descriptors.
class HostReader {
public:
    explicit HostReader(const ProcTree& proc = {});

    /// Shares and rates cover the time since the previous call; the first has none.
    HostPoint read(std::int64_t monotonicNanoseconds, ReadBuffer& buffer);

private:
    void readCpu(HostPoint& point, ReadBuffer& buffer);
    void readMemory(HostPoint& point, ReadBuffer& buffer) const;
    void readSelf(HostPoint& point, std::int64_t monotonicNanoseconds, ReadBuffer& buffer);

    std::optional<KeptFile> m_stat;
    std::optional<KeptFile> m_meminfo;
    std::optional<KeptFile> m_pressure;
    std::optional<KeptFile> m_selfStatm;
    DetailReader m_selfDetails;
    HostTicks m_ticks;
    std::uint64_t m_ownCpuNanoseconds = 0;
    std::int64_t m_previousNanoseconds = 0;
};

} // namespace twinhull
