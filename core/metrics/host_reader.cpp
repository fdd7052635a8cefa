// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/host_reader.h"

#include <unistd.h>

namespace twinhull {

namespace {

const WorkloadId kSelf{}; // the only one its reader is asked for
constexpr std::chrono::seconds kOwnMemoryInterval{ 10 };

std::optional<KeptFile> openOptional(const std::string& path)
{
    auto file = KeptFile::open(path);
    return file ? std::optional<KeptFile>(*std::move(file)) : std::nullopt;
}

std::string_view readOptional(const std::optional<KeptFile>& file, ReadBuffer& buffer)
{
    const auto text = file ? file->read(buffer) : Result<std::string_view>(Error{});
    return text ? *text : std::string_view();
}

std::uint64_t ownCpuNanoseconds()
{
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

} // namespace

HostReader::HostReader(const ProcTree& proc)
    : m_stat(openOptional(proc.root + "/stat"))
    , m_meminfo(openOptional(proc.root + "/meminfo"))
    , m_pressure(openOptional(proc.root + "/pressure/cpu"))
    , m_selfStatm(openOptional(proc.root + "/self/statm"))
    , m_selfDetails(proc, kOwnMemoryInterval, DetailReader::Extent::Memory)
{
    m_selfDetails.want(kSelf, { ::getpid() });
}

HostPoint HostReader::read(std::int64_t monotonicNanoseconds, ReadBuffer& buffer)
{
    HostPoint point;
    readCpu(point, buffer);
    readMemory(point, buffer);
    point[HostMetric::CpuPressure] = { parsePressure(readOptional(m_pressure, buffer)), Needs::ProcPressure };
    readSelf(point, monotonicNanoseconds, buffer);
    return point;
}

void HostReader::readCpu(HostPoint& point, ReadBuffer& buffer)
{
    auto& share = point[HostMetric::CpuShare];
    const auto ticks = parseHostStat(readOptional(m_stat, buffer));
    if (!ticks) {
        share = Needs::ProcStat;
        return;
    }
    share = Needs::SecondReading;
    if (m_ticks.total != 0 && ticks->total > m_ticks.total && ticks->busy >= m_ticks.busy) // iowait may go back
        share = static_cast<double>(ticks->busy - m_ticks.busy) / static_cast<double>(ticks->total - m_ticks.total);
    m_ticks = *ticks;
}

void HostReader::readMemory(HostPoint& point, ReadBuffer& buffer) const
{
    const std::string_view text = readOptional(m_meminfo, buffer);
    const auto total = kilobyteLine(text, "MemTotal");
    const auto available = kilobyteLine(text, "MemAvailable");
    point[HostMetric::MemoryTotalBytes]
        = { total ? std::optional(static_cast<double>(*total)) : std::nullopt, Needs::ProcMeminfo };
    point[HostMetric::MemoryUsedBytes] = Needs::ProcMeminfo;
    if (total && available && *total >= *available)
        point[HostMetric::MemoryUsedBytes] = static_cast<double>(*total - *available);
}

void HostReader::readSelf(HostPoint& point, std::int64_t monotonicNanoseconds, ReadBuffer& buffer)
{
    const std::uint64_t cpu = ownCpuNanoseconds();
    point[HostMetric::OwnCpuCores] = Needs::SecondReading;
    if (m_previousNanoseconds != 0 && monotonicNanoseconds > m_previousNanoseconds)
        point[HostMetric::OwnCpuCores] = static_cast<double>(cpu - m_ownCpuNanoseconds)
            / static_cast<double>(monotonicNanoseconds - m_previousNanoseconds);
    m_ownCpuNanoseconds = cpu;
    m_previousNanoseconds = monotonicNanoseconds;
    point[HostMetric::OwnAnonymousBytes] = Needs::ProcSelf;
    if (const auto pages = parseStatm(readOptional(m_selfStatm, buffer)))
        point[HostMetric::OwnAnonymousBytes]
            = static_cast<double>(pages->anonymous) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    const auto details = m_selfDetails.latest(kSelf);
    if (details && *details && (*details)->pssBytes > 0)
        point[HostMetric::OwnPssBytes] = static_cast<double>((*details)->pssBytes);
    else if (details)
        point[HostMetric::OwnPssBytes] = Needs::ProcSelf;
}

} // namespace twinhull
