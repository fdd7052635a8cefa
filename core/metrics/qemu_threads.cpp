// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/qemu_threads.h"

#include "core/base/files.h"
#include "core/metrics/folder_reader.h"
#include "core/metrics/proc_text.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace twinhull {

namespace {

constexpr unsigned kRoundsBetweenSearches = 10; // threads come with hotplug, and once at the start
constexpr unsigned kRoundsBetweenKernelSearches = 30; // devices are plugged in rarely
constexpr std::size_t kMostChildrenBytes = 1U << 20U;
constexpr int kMostThreads = 1024; // a QEMU that a guest broke out to may make and name any number

/// Since Linux 6.4.
bool isVhostOfProcesses(const std::string& root, ReadBuffer& buffer)
{
    const auto file = KeptFile::open(root + "/sys/kernel/osrelease");
    const auto text = file ? file->read(buffer) : Result<std::string_view>(Error{});
    std::string_view rest = text ? *text : std::string_view();
    const auto part = [&rest] {
        const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const auto number = numberOf(rest.substr(0, end)).value_or(0);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return number;
    };
    const auto major = part();
    return std::pair(major, part()) >= std::pair<std::uint64_t, std::uint64_t>(6, 4);
}

bool startsWithOneOf(std::string_view name, std::span<const std::string_view> beginnings)
{
    return std::any_of(beginnings.begin(), beginnings.end(), [name](auto begin) { return name.starts_with(begin); });
}

} // namespace

QemuThreads::QemuThreads(const ProcTree& proc, ProcessReader process, IsCounted isCounted)
    : m_root(proc.root)
    , m_tasks(proc.root + "/" + std::to_string(process.pid()) + "/task")
    , m_isCounted(std::move(isCounted))
    , m_process(std::move(process))
{
}

Result<QemuThreads> QemuThreads::open(const ProcTree& proc, pid_t pid, IsCounted isCounted)
{
    auto process = ProcessReader::open(proc, pid);
    if (!process)
        return std::move(process).error();
    return QemuThreads(proc, *std::move(process), std::move(isCounted));
}

bool QemuThreads::refresh(ReadBuffer& buffer)
{
    const auto state = m_process.refresh(ProcessReader::Depth::WhatChanged, buffer);
    if (state == ProcessReader::State::Gone)
        return false;
    if (m_kernelRound++ % kRoundsBetweenKernelSearches == 0)
        findWorkersOfTheKernel(buffer);
    const bool isAsleep = state == ProcessReader::State::Asleep;
    if (!isAsleep && (!m_hasVcpus || m_round % kRoundsBetweenSearches == 0))
        findThreads(buffer);
    m_round += isAsleep ? 0 : 1;
    for (auto& [tid, thread] : m_threads) {
        if (!isAsleep || thread.isKernels) // those work while QEMU sleeps
            count(thread, buffer);
    }
    std::erase_if(m_threads, [](const auto& entry) { return entry.second.isGone; });
    m_cpu.process = m_process.reading().ownCpuNanoseconds;
    return true;
}

/// Children of kthreadd. Each is asked for its name once: at a hundred or more of them all that is dear is the first
/// time.
void QemuThreads::findWorkersOfTheKernel(ReadBuffer& buffer)
{
    if (isVhostOfProcesses(m_root, buffer)) {
        m_knowsVhost = true;
        return;
    }
    const std::string folder = m_root + "/2/";
    const auto comm = KeptFile::open(folder + "comm");
    const auto name = comm ? comm->read(buffer) : Result<std::string_view>(Error{});
    const bool isKernels = name && name->starts_with("kthreadd"); // in a PID namespace 2 is anybody
    const auto file
        = isKernels ? readFile(folder + "task/2/children", kMostChildrenBytes) : Result<std::string>(Error{});
    m_knowsVhost = bool(file);
    std::string_view text = file ? std::string_view(*file) : std::string_view();
    std::set<pid_t> others;
    for (std::string_view word = nextWord(text); !word.empty(); word = nextWord(text)) {
        const auto pid = numberOf(word);
        if (!pid)
            continue;
        const auto tid = static_cast<pid_t>(*pid);
        if (m_othersThreads.contains(tid) || !addWorkerOfTheKernel(tid, buffer))
            others.insert(tid);
    }
    m_othersThreads = std::move(others);
}

/// False for one of another's.
bool QemuThreads::addWorkerOfTheKernel(pid_t pid, ReadBuffer& buffer)
{
    constexpr std::string_view kWorker = "vhost-";
    const auto known = m_threads.find(pid);
    if (known != m_threads.end()) {
        known->second.isCounted = m_isCounted && m_isCounted(pid);
        return true;
    }
    const std::string folder = m_root + "/" + std::to_string(pid);
    const auto comm = KeptFile::open(folder + "/comm");
    const auto name = comm ? comm->read(buffer) : Result<std::string_view>(Error{});
    std::string_view rest = name && name->starts_with(kWorker) ? name->substr(kWorker.size()) : std::string_view();
    const auto owner = numberOf(nextWord(rest)); // the thread that opened the device
    if (!owner || !exists(m_tasks + "/" + std::to_string(*owner)))
        return false;
    auto schedstat = KeptFile::open(folder + "/schedstat");
    if (!schedstat)
        return false;
    m_threads.emplace(pid, Thread{ Part::Vhost, *std::move(schedstat), true, m_isCounted && m_isCounted(pid) });
    return true;
}

void QemuThreads::findThreads(ReadBuffer& buffer)
{
    const FolderReader folder(m_tasks);
    int seen = 0;
    for (const char* name = folder.next(); name != nullptr && seen < kMostThreads; name = folder.next()) {
        ++seen;
        const auto tid = numberOf(name);
        if (!tid || m_threads.contains(static_cast<pid_t>(*tid)))
            continue;
        const std::string task = m_tasks + "/" + name;
        const auto part = partOf(task, buffer);
        auto schedstat = part ? KeptFile::open(task + "/schedstat") : Result<KeptFile>(Error{});
        if (!schedstat)
            continue;
        m_threads.emplace(static_cast<pid_t>(*tid), Thread{ *part, *std::move(schedstat), false, false });
        m_hasVcpus = m_hasVcpus || *part == Part::Vcpu;
    }
}

/// By the names of QEMU's accel/*/…-accel-ops.c and iothread.c, and of the kernel's vhost.c. Others may be named later.
std::optional<QemuThreads::Part> QemuThreads::partOf(const std::string& folder, ReadBuffer& buffer) const
{
    using namespace std::string_view_literals;
    static constexpr std::array kVcpus{ "CPU "sv, "ALL CPUs"sv }; // the latter: TCG on one thread
    const auto comm = KeptFile::open(folder + "/comm");
    const auto name = comm ? comm->read(buffer) : Result<std::string_view>(Error{});
    if (name && startsWithOneOf(*name, kVcpus))
        return Part::Vcpu;
    if (name && name->starts_with("IO "))
        return Part::IoThread;
    if (name && name->starts_with("vhost-"))
        return Part::Vhost;
    return std::nullopt;
}

/// Time on a core, time ready and waiting, times it was put on one.
void QemuThreads::count(Thread& thread, ReadBuffer& buffer)
{
    const auto read = thread.schedstat.read(buffer);
    std::string_view text = read ? *read : std::string_view();
    const auto run = numberOf(nextWord(text));
    const auto wait = numberOf(nextWord(text));
    if (!run || !wait) {
        thread.isGone = true; // what it had used stays counted
        return;
    }
    const std::uint64_t growth = *run - std::min(thread.run, *run);
    (thread.part == Part::Vcpu ? m_cpu.vcpus : thread.part == Part::Vhost ? m_cpu.vhost : m_cpu.ioThreads) += growth;
    m_cpu.vhostApart += thread.isKernels ? growth : 0;
    m_cpu.vhostUncounted += thread.isKernels && !thread.isCounted ? growth : 0;
    if (thread.part == Part::Vcpu)
        m_cpu.vcpuWait += *wait - std::min(thread.wait, *wait);
    thread.run = std::max(thread.run, *run);
    thread.wait = std::max(thread.wait, *wait);
}

} // namespace twinhull
