// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/cgroup_reader.h"

#include "core/base/files.h"
#include "core/metrics/folder_reader.h"
#include "core/metrics/proc_text.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace twinhull {

namespace {

constexpr unsigned kRoundsBetweenFullReadings = 5;
constexpr unsigned kMostPressuresSpared = 5;
constexpr int kDeepestFolder = 8;
constexpr std::size_t kMostPids = 4096;

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

std::optional<std::uint64_t> keyedNumber(std::string_view line, std::string_view key)
{
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos)
        return std::nullopt;
    line.remove_prefix(at + key.size());
    return numberOf(nextWord(line));
}

/// Of memory.stat: one line since Linux 5.18.
std::optional<std::uint64_t> kernelBytesIn(std::string_view text)
{
    if (const auto bytes = flatKey(text, "kernel"))
        return bytes;
    const auto tables = flatKey(text, "pagetables"); // which was the last of these to come
    if (!tables)
        return std::nullopt;
    std::uint64_t total = *tables;
    for (const char* part : { "kernel_stack", "percpu", "slab" })
        total += flatKey(text, part).value_or(0);
    return total;
}

Reading<std::uint64_t> nanosecondsOr(std::optional<std::uint64_t> microseconds, Needs otherwise)
{
    return microseconds ? Reading<std::uint64_t>(*microseconds * 1000) : Reading<std::uint64_t>(otherwise);
}

bool isEmptyFolder(const std::string& path)
{
    const FolderReader folder(path);
    while (const char* name = folder.next()) {
        if (name[0] != '.')
            return false;
    }
    return true;
}

/// The inside of a container may make folders of its own: hence the limits.
void appendPidsBelow(const std::string& path, int depth, ReadBuffer& buffer, std::vector<pid_t>& pids)
{
    std::string_view text = readOptional(openOptional(path + "/cgroup.procs"), buffer);
    while (!text.empty() && pids.size() < kMostPids) {
        if (const auto pid = numberOf(nextLine(text)))
            pids.push_back(static_cast<pid_t>(*pid));
    }
    if (depth == 0)
        return;
    const FolderReader folder(path);
    while (const dirent* entry = folder.nextEntry()) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && pids.size() < kMostPids)
            appendPidsBelow(path + "/" + entry->d_name, depth - 1, buffer, pids);
    }
}

std::string parentOf(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

bool isCgroupV2(const std::string& path)
{
    struct statfs info { };
    return ::statfs(path.c_str(), &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

} // namespace

CgroupReader::CgroupReader(std::string path, std::string sysRoot, KeptFile cpuStat)
    : m_path(std::move(path))
    , m_sysRoot(std::move(sysRoot))
    , m_cpuStat(std::move(cpuStat))
    , m_memoryCurrent(openOptional(m_path + "/memory.current"))
    , m_memoryStat(openOptional(m_path + "/memory.stat"))
    , m_swapCurrent(openOptional(m_path + "/memory.swap.current"))
    , m_memoryEvents(openOptional(m_path + "/memory.events"))
    , m_ioStat(openOptional(m_path + "/io.stat"))
    , m_cpuPressure(openOptional(m_path + "/cpu.pressure"))
    , m_memoryPressure(openOptional(m_path + "/memory.pressure"))
    , m_ioPressure(openOptional(m_path + "/io.pressure"))
    , m_events(openOptional(m_path + "/cgroup.events"))
    , m_procs(openOptional(m_path + "/cgroup.procs"))
    , m_pressureRound(static_cast<unsigned>(std::hash<std::string>()(m_path) % kRoundsBetweenFullReadings))
{
}

Result<CgroupReader> CgroupReader::open(const std::string& path, std::string sysRoot)
{
    auto cpuStat = KeptFile::open(path + "/cpu.stat");
    if (!cpuStat)
        return std::move(cpuStat).error().withContext("read cgroup");
    return CgroupReader(path, std::move(sysRoot), *std::move(cpuStat));
}

/// memory.stat costs ten times the rest together, so it waits until something ran.
bool CgroupReader::refresh(ReadBuffer& buffer)
{
    const auto text = m_cpuStat.read(buffer);
    if (!text)
        return false;
    const auto microseconds = flatKey(*text, "usage_usec");
    const auto cpu = microseconds ? std::optional(*microseconds * 1000) : std::nullopt;
    const bool hasRun = !cpu || cpu != m_reading.cpuNanoseconds;
    m_reading.cpuNanoseconds = cpu;
    m_reading.throttledNanoseconds = nanosecondsOr(flatKey(*text, "throttled_usec"), Needs::CpuController);
    if (hasRun || ++m_round % kRoundsBetweenFullReadings == 0) {
        readMemoryStat(buffer);
        readOomKills(buffer);
        readDisk(buffer);
        m_isPopulated = flatKey(readOptional(m_events, buffer), "populated").value_or(1) != 0; // an end takes CPU time
    }
    readMemory(buffer);
    readPressure(buffer);
    return true;
}

std::optional<std::uint64_t> CgroupReader::cpuNanosecondsNow(ReadBuffer& buffer) const
{
    const auto text = m_cpuStat.read(buffer);
    const auto microseconds = text ? flatKey(*text, "usage_usec") : std::nullopt;
    return microseconds ? std::optional(*microseconds * 1000) : std::nullopt;
}

void CgroupReader::readMemory(ReadBuffer& buffer)
{
    std::string_view text = readOptional(m_memoryCurrent, buffer);
    const auto charged = numberOf(nextWord(text));
    const auto without = [&](std::optional<std::uint64_t> part) -> Reading<std::uint64_t> {
        if (!m_memoryCurrent)
            return Needs::MemoryController;
        if (!charged || !part) // without it the figure would be another one
            return Needs::MemoryStat;
        return *charged - std::min(*charged, *part);
    };
    m_reading.chargeBytes = without(m_inactiveFileBytes);
    m_reading.usedBytes = without(m_reclaimableBytes);
    m_reading.cacheBytes = { m_fileBytes, m_memoryCurrent ? Needs::MemoryStat : Needs::MemoryController };
}

/// What the kernel could take back without swapping is what MemAvailable counts for a whole computer.
void CgroupReader::readMemoryStat(ReadBuffer& buffer)
{
    const std::string_view text = readOptional(m_memoryStat, buffer);
    m_inactiveFileBytes = flatKey(text, "inactive_file");
    m_fileBytes = flatKey(text, "file");
    m_reading.kernelBytes = { kernelBytesIn(text), m_memoryCurrent ? Needs::MemoryStat : Needs::MemoryController };
    const auto active = flatKey(text, "active_file");
    const std::uint64_t slab = flatKey(text, "slab_reclaimable").value_or(0);
    m_reclaimableBytes
        = active && m_inactiveFileBytes ? std::optional(*active + *m_inactiveFileBytes + slab) : std::nullopt;
    std::string_view swapped = readOptional(m_swapCurrent, buffer); // over the text above, which is done with
    m_reading.swapBytes
        = { numberOf(nextWord(swapped)), m_memoryCurrent ? Needs::SwapAccounting : Needs::MemoryController };
}

/// Of the whole tree below, as memory.events.local is not: a container may make folders of its own.
void CgroupReader::readOomKills(ReadBuffer& buffer)
{
    const std::string_view text = readOptional(m_memoryEvents, buffer);
    m_reading.oomKills = { flatKey(text, "oom_kill"), Needs::MemoryController };
}

void CgroupReader::readDisk(ReadBuffer& buffer)
{
    m_reading.hasIoController = m_ioStat.has_value();
    m_reading.diskReads = m_reading.diskWrites = Needs::IoController;
    if (!m_ioStat)
        return;
    const auto read = m_ioStat->read(buffer);
    if (!read) { // an empty one is no traffic, an unreadable one is not known
        m_reading.diskReadBytes = m_reading.diskWrittenBytes = m_reading.diskReads = m_reading.diskWrites
            = Needs::IoStat;
        return;
    }
    std::string_view text = *read;
    DiskBytes total;
    DiskBytes requests;
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        const std::string_view numbers = nextWord(line);
        if (!isBottomDevice(numbers))
            continue;
        total.read += keyedNumber(line, "rbytes=").value_or(0);
        total.written += keyedNumber(line, "wbytes=").value_or(0);
        requests.read += keyedNumber(line, "rios=").value_or(0);
        requests.written += keyedNumber(line, "wios=").value_or(0);
    }
    m_reading.diskReads = requests.read;
    m_reading.diskWrites = requests.written;
    m_reading.diskReadBytes = total.read;
    m_reading.diskWrittenBytes = total.written;
}

/// Averaging for its readers is dear to the kernel, and the totals lose nothing by waiting.
void CgroupReader::readPressure(ReadBuffer& buffer)
{
    const bool isDue = isPressureDue();
    m_isPressureGrowing = m_isPressureGrowing && !isDue;
    const auto read
        = [&](const std::optional<KeptFile>& file, std::optional<std::uint64_t>& latest, Reading<std::uint64_t>& full) {
              if (file && !isDue) {
                  full = Needs::NextPressureReading;
                  return full;
              }
              std::string_view text = readOptional(file, buffer);
              const std::string_view some = nextLine(text);
              const std::string_view all = nextLine(text);
              const auto total = some.starts_with("some ") ? keyedNumber(some, "total=") : std::nullopt;
              m_isPressureGrowing = m_isPressureGrowing || total != std::exchange(latest, total);
              full = nanosecondsOr(all.starts_with("full ") ? keyedNumber(all, "total=") : std::nullopt,
                  total ? Needs::FullPressure : Needs::CgroupPressure);
              return nanosecondsOr(total, Needs::CgroupPressure);
          };
    m_reading.cpuPressureNanoseconds = read(m_cpuPressure, m_latestPressure[0], m_reading.cpuFullNanoseconds);
    m_reading.memoryPressureNanoseconds = read(m_memoryPressure, m_latestPressure[1], m_reading.memoryFullNanoseconds);
    m_reading.ioPressureNanoseconds = read(m_ioPressure, m_latestPressure[2], m_reading.ioFullNanoseconds);
}

/// Where nothing ran and nothing waited, nothing begins to wait but what is woken and gets no core: that can be told
/// late.
bool CgroupReader::isPressureDue()
{
    if (m_pressureRound++ % kRoundsBetweenFullReadings != 0 && m_isPressureRead)
        return false;
    const bool isResting = m_cpuAtPressure && m_cpuAtPressure == m_reading.cpuNanoseconds && !m_isPressureGrowing;
    if (isResting && m_pressuresSpared++ < kMostPressuresSpared)
        return false;
    m_isPressureRead = true;
    m_pressuresSpared = 0;
    m_cpuAtPressure = m_reading.cpuNanoseconds;
    return true;
}

/// A byte through dm-crypt is told by dm and by the disk below; through a loop device (major 7) by the disk that holds
/// the file.
bool CgroupReader::isBottomDevice(std::string_view numbers)
{
    if (numbers.starts_with("7:") || m_stackedDevices.contains(numbers))
        return false;
    if (m_bottomDevices.contains(numbers))
        return true;
    const std::string name(numbers);
    const bool isBottom = isEmptyFolder(m_sysRoot + "/dev/block/" + name + "/slaves");
    (isBottom ? m_bottomDevices : m_stackedDevices).insert(name);
    return isBottom;
}

bool CgroupReader::areMembersChanged(ReadBuffer& buffer)
{
    const std::size_t members = std::hash<std::string_view>()(readOptional(m_procs, buffer));
    return members != std::exchange(m_members, members);
}

std::vector<pid_t> CgroupReader::pids(ReadBuffer& buffer) const
{
    std::vector<pid_t> pids;
    appendPidsBelow(m_path, kDeepestFolder, buffer, pids);
    return pids;
}

std::string cgroupMountOf(const std::string& path)
{
    std::string mount;
    for (std::string current = path; isCgroupV2(current) && current != "/"; current = parentOf(current))
        mount = current;
    return mount;
}

bool isInCgroup(std::string_view text, std::string_view path)
{
    constexpr std::string_view kUnified = "0::"; // cgroups(7): the v2 line
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        if (!line.starts_with(kUnified))
            continue;
        line.remove_prefix(kUnified.size());
        return line == path || (line.starts_with(path) && line.substr(path.size()).starts_with('/'));
    }
    return false;
}

} // namespace twinhull
