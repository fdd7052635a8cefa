// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/process_reader.h"

#include "core/metrics/folder_reader.h"
#include "core/metrics/proc_text.h"

#include <unistd.h>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::uint64_t kLittleNanoseconds = 1'000'000;

std::uint64_t nanosecondsOfTicks(std::uint64_t ticks)
{
    static const std::uint64_t tick = 1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return ticks * tick;
}

std::uint64_t pageBytes()
{
    static const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return bytes;
}

std::optional<KeptFile> openOptional(const std::string& path)
{
    auto file = KeptFile::open(path);
    return file ? std::optional<KeptFile>(*std::move(file)) : std::nullopt;
}

std::optional<clockid_t> cpuClockOf(pid_t pid)
{
    clockid_t clock = 0;
    return ::clock_getcpuclockid(pid, &clock) == 0 ? std::optional<clockid_t>(clock) : std::nullopt;
}

void appendPids(std::string_view text, std::vector<pid_t>& pids)
{
    for (std::string_view word = nextWord(text); !word.empty(); word = nextWord(text)) {
        if (const auto pid = numberOf(word))
            pids.push_back(static_cast<pid_t>(*pid));
    }
}

} // namespace

ProcessReader::ProcessReader(const ProcTree& proc, pid_t pid, Disk disk, KeptFile stat, KeptFile statm)
    : m_folder(proc.root + "/" + std::to_string(pid) + "/")
    , m_pid(pid)
    , m_disk(disk)
    , m_stat(std::move(stat))
    , m_statm(std::move(statm))
    , m_io(openOptional(path(disk == Disk::WithReaped ? "io" : "task/" + std::to_string(pid) + "/io")))
    , m_children(openOptional(path("task/") + std::to_string(pid) + "/children"))
    , m_clock(proc.isLive ? cpuClockOf(pid) : std::nullopt)
{
}

Result<ProcessReader> ProcessReader::open(const ProcTree& proc, pid_t pid, Disk disk)
{
    const std::string folder = proc.root + "/" + std::to_string(pid);
    auto stat = KeptFile::open(folder + "/stat");
    if (!stat)
        return std::move(stat).error();
    auto statm = KeptFile::open(folder + "/statm");
    if (!statm)
        return std::move(statm).error();
    return ProcessReader(proc, pid, disk, *std::move(stat), *std::move(statm));
}

ProcessReader::State ProcessReader::refresh(Depth depth, ReadBuffer& buffer)
{
    const auto clock = clockNanoseconds();
    if (clock && *clock == m_reading.ownCpuNanoseconds && depth != Depth::Everything)
        return State::Asleep;
    const bool isForward = clock && *clock > m_reading.ownCpuNanoseconds; // else another has its number
    if (isForward && depth == Depth::WhatMoved && *clock - m_fullyReadAt < kLittleNanoseconds) {
        m_reading.ownCpuNanoseconds = *clock;
        return State::Stirred;
    }
    if (!readStat(clock, buffer)) // after the clock: the number was still this process's when its clock was asked
        return State::Gone;
    readMemory(buffer);
    readDisk(buffer);
    return State::Read;
}

std::optional<std::uint64_t> ProcessReader::clockNanoseconds() const
{
    timespec time{};
    if (!m_clock || ::clock_gettime(*m_clock, &time) != 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

bool ProcessReader::readStat(std::optional<std::uint64_t> clock, ReadBuffer& buffer)
{
    const auto text = m_stat.read(buffer);
    const auto stat = text ? parseProcessStat(*text) : std::nullopt;
    if (!stat)
        return false;
    const std::uint64_t own = clock ? *clock : nanosecondsOfTicks(stat->ownTicks);
    m_reading.ownCpuNanoseconds = std::max(own, m_reading.ownCpuNanoseconds); // ticks may lie behind the clock
    m_fullyReadAt = m_reading.ownCpuNanoseconds;
    m_reading.parent = stat->parent;
    m_reading.reapedCpuNanoseconds = nanosecondsOfTicks(stat->reapedTicks);
    m_threads = stat->threads;
    return true;
}

/// statm costs an eighth of status, and has all but RssShmem; that changes only when the shared pages do.
void ProcessReader::readMemory(ReadBuffer& buffer)
{
    const auto text = m_statm.read(buffer);
    const auto pages = text ? parseStatm(*text) : std::nullopt;
    if (!pages)
        return;
    if (pages->shared != m_sharedPages) {
        const auto status = KeptFile::open(path("status"));
        const auto lines = status ? status->read(buffer) : Result<std::string_view>(Error{});
        if (lines)
            m_sharedMemoryBytes = kilobyteLine(*lines, "RssShmem").value_or(0); // a zombie has no such line
        m_sharedPages = pages->shared;
    }
    m_reading.memoryBytes = pages->anonymous * pageBytes() + m_sharedMemoryBytes;
}

/// The whole process's file has also what ended threads and children did; a thread's has neither.
void ProcessReader::readDisk(ReadBuffer& buffer)
{
    if (m_disk == Disk::OwnOnly && m_threads > 1) {
        m_io = openOptional(path("io"));
        m_disk = Disk::WithReaped;
    }
    const auto text = m_io ? m_io->read(buffer) : Result<std::string_view>(Error{});
    const auto bytes = text ? parseProcessIo(*text) : std::nullopt;
    if (bytes) {
        m_reading.diskReadBytes = bytes->read;
        m_reading.diskWrittenBytes = bytes->written;
    }
}

bool ProcessReader::appendChildren(Depth depth, ReadBuffer& buffer, std::vector<pid_t>& children) const
{
    if (!m_children)
        return false;
    if (const auto text = m_children->read(buffer))
        appendPids(*text, children);
    if (depth != Depth::Everything || m_threads <= 1)
        return true;
    const FolderReader threads(path("task"));
    while (const char* name = threads.next()) {
        const auto thread = numberOf(name);
        if (!thread || static_cast<pid_t>(*thread) == m_pid)
            continue;
        const auto file = KeptFile::open(path("task/") + name + "/children");
        if (const auto text = file ? file->read(buffer) : Result<std::string_view>(Error{}))
            appendPids(*text, children);
    }
    return true;
}

std::string ProcessReader::path(const std::string& name) const
{
    return m_folder + name;
}

} // namespace twinhull
