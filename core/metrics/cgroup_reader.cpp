// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/cgroup_reader.h"

#include "core/base/files.h"
#include "core/metrics/proc_text.h"

#include <dirent.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <memory>

namespace twinhull {

namespace {

constexpr unsigned kRoundsBetweenFullReadings = 5;
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

Reading<std::uint64_t> nanosecondsOr(std::optional<std::uint64_t> microseconds, Needs otherwise)
{
    return microseconds ? Reading<std::uint64_t>(*microseconds * 1000) : Reading<std::uint64_t>(otherwise);
}

struct DirCloser {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};
using DirHandle = std::unique_ptr<DIR, DirCloser>;

bool isEmptyFolder(const std::string& path)
{
    const DirHandle dir(::opendir(path.c_str()));
    while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
        if (entry->d_name[0] != '.')
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
    const DirHandle dir(depth > 0 ? ::opendir(path.c_str()) : nullptr);
    while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
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
    , m_ioStat(openOptional(m_path + "/io.stat"))
    , m_cpuPressure(openOptional(m_path + "/cpu.pressure"))
    , m_memoryPressure(openOptional(m_path + "/memory.pressure"))
    , m_ioPressure(openOptional(m_path + "/io.pressure"))
    , m_events(openOptional(m_path + "/cgroup.events"))
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
        m_inactiveFileBytes = flatKey(readOptional(m_memoryStat, buffer), "inactive_file");
        readDisk(buffer);
    }
    readMemory(buffer);
    readPressure(buffer);
    m_isPopulated = flatKey(readOptional(m_events, buffer), "populated").value_or(1) != 0;
    return true;
}

void CgroupReader::readMemory(ReadBuffer& buffer)
{
    std::string_view text = readOptional(m_memoryCurrent, buffer);
    const auto charged = numberOf(nextWord(text));
    if (!m_memoryCurrent)
        m_reading.chargeBytes = Needs::MemoryController;
    else if (!charged || !m_inactiveFileBytes) // without the latter the figure would be another one
        m_reading.chargeBytes = Needs::MemoryStat;
    else
        m_reading.chargeBytes = *charged > *m_inactiveFileBytes ? *charged - *m_inactiveFileBytes : 0;
}

void CgroupReader::readDisk(ReadBuffer& buffer)
{
    m_reading.hasIoController = m_ioStat.has_value();
    if (!m_ioStat)
        return;
    const auto read = m_ioStat->read(buffer);
    if (!read) { // an empty one is no traffic, an unreadable one is not known
        m_reading.diskReadBytes = m_reading.diskWrittenBytes = Needs::IoStat;
        return;
    }
    std::string_view text = *read;
    DiskBytes total;
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        const std::string_view numbers = nextWord(line);
        if (!isBottomDevice(numbers))
            continue;
        total.read += keyedNumber(line, "rbytes=").value_or(0);
        total.written += keyedNumber(line, "wbytes=").value_or(0);
    }
    m_reading.diskReadBytes = total.read;
    m_reading.diskWrittenBytes = total.written;
}

/// Averaging for its readers is dear to the kernel, and the totals lose nothing by waiting.
void CgroupReader::readPressure(ReadBuffer& buffer)
{
    const bool isDue = m_pressureRound++ % kRoundsBetweenFullReadings == 0;
    const auto read = [&](const std::optional<KeptFile>& file) -> Reading<std::uint64_t> {
        if (file && !isDue)
            return Needs::NextPressureReading;
        std::string_view text = readOptional(file, buffer);
        const std::string_view line = nextLine(text);
        const auto total = line.starts_with("some ") ? keyedNumber(line, "total=") : std::nullopt;
        return nanosecondsOr(total, Needs::CgroupPressure);
    };
    m_reading.cpuPressureNanoseconds = read(m_cpuPressure);
    m_reading.memoryPressureNanoseconds = read(m_memoryPressure);
    m_reading.ioPressureNanoseconds = read(m_ioPressure);
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
