// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/qemu_threads.h"

#include "core/metrics/folder_reader.h"
#include "core/metrics/proc_text.h"

#include <algorithm>
#include <array>
#include <span>

namespace twinhull {

namespace {

constexpr unsigned kRoundsBetweenSearches = 10; // threads come with hotplug, and once at the start
constexpr int kMostThreads = 1024; // a QEMU that a guest broke out to may make and name any number

bool startsWithOneOf(std::string_view name, std::span<const std::string_view> beginnings)
{
    return std::any_of(beginnings.begin(), beginnings.end(), [name](auto begin) { return name.starts_with(begin); });
}

} // namespace

QemuThreads::QemuThreads(const ProcTree& proc, ProcessReader process)
    : m_tasks(proc.root + "/" + std::to_string(process.pid()) + "/task"), m_process(std::move(process))
{
}

Result<QemuThreads> QemuThreads::open(const ProcTree& proc, pid_t pid)
{
    auto process = ProcessReader::open(proc, pid);
    if (!process)
        return std::move(process).error();
    return QemuThreads(proc, *std::move(process));
}

bool QemuThreads::refresh(ReadBuffer& buffer)
{
    const auto state = m_process.refresh(ProcessReader::Depth::WhatChanged, buffer);
    if (state == ProcessReader::State::Gone)
        return false;
    if (state == ProcessReader::State::Asleep)
        return true;
    if (!m_hasVcpus || m_round % kRoundsBetweenSearches == 0)
        findThreads(buffer);
    ++m_round;
    for (auto& [tid, thread] : m_threads)
        count(thread, buffer);
    std::erase_if(m_threads, [](const auto& entry) { return entry.second.isGone; });
    m_cpu.process = m_process.reading().ownCpuNanoseconds;
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
        m_threads.emplace(static_cast<pid_t>(*tid), Thread{ *part, *std::move(schedstat) });
        m_hasVcpus = m_hasVcpus || *part == Part::Vcpu;
    }
}

/// By the names of QEMU's accel/*/…-accel-ops.c and iothread.c, and of the kernel's vhost.c. Others may be named later.
std::optional<QemuThreads::Part> QemuThreads::partOf(const std::string& folder, ReadBuffer& buffer) const
{
    using namespace std::string_view_literals;
    static constexpr std::array kVcpus{ "CPU "sv, "ALL CPUs"sv }; // the latter: TCG on one thread
    static constexpr std::array kIoThreads{ "IO "sv, "vhost-"sv };
    const auto comm = KeptFile::open(folder + "/comm");
    const auto name = comm ? comm->read(buffer) : Result<std::string_view>(Error{});
    if (name && startsWithOneOf(*name, kVcpus))
        return Part::Vcpu;
    if (name && startsWithOneOf(*name, kIoThreads))
        return Part::IoThread;
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
    (thread.part == Part::Vcpu ? m_cpu.vcpus : m_cpu.ioThreads) += *run - std::min(thread.run, *run);
    if (thread.part == Part::Vcpu)
        m_cpu.vcpuWait += *wait - std::min(thread.wait, *wait);
    thread.run = std::max(thread.run, *run);
    thread.wait = std::max(thread.wait, *wait);
}

} // namespace twinhull
