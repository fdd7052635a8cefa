// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/pss_reader.h"

#include "core/metrics/proc_text.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRestPerWork = 200; // half a percent of a core

struct Wanted {
    std::vector<pid_t> pids;
    std::optional<Result<std::uint64_t>> latest;
    Clock::time_point due; ///< the past: never read
    std::uint64_t serial = 0; ///< tells one that was forgotten and wanted again from the one before
};

bool isGone(const Error& error)
{
    return error.sysErrno == ESRCH || error.sysErrno == ENOENT;
}

} // namespace

struct PssReader::Shared {
    ProcTree proc;
    std::chrono::milliseconds interval;
    std::mutex mutex;
    std::condition_variable changed;
    std::map<WorkloadId, Wanted> wanted;
    std::uint64_t serials = 0;
    bool isStopping = false;

    void run();
    std::optional<WorkloadId> waitForDue(std::unique_lock<std::mutex>& lock);
    void readOne(const WorkloadId& id, std::unique_lock<std::mutex>& lock);
    void rest(Clock::duration work, std::unique_lock<std::mutex>& lock);
};

Result<std::uint64_t> readPss(const ProcTree& proc, std::span<const pid_t> pids)
{
    const auto buffer = std::make_unique<ReadBuffer>();
    std::uint64_t total = 0;
    for (const pid_t pid : pids) {
        const auto file = KeptFile::open(proc.root + "/" + std::to_string(pid) + "/smaps_rollup");
        const auto text = file ? file->read(*buffer) : Result<std::string_view>(file.error());
        if (!text && isGone(text.error()))
            continue;
        if (!text)
            return Error(text.error()).withContext("memory of process " + std::to_string(pid));
        total += kilobyteLine(*text, "Pss").value_or(0);
    }
    return total;
}

void PssReader::Shared::run()
{
    std::unique_lock lock(mutex);
    while (const auto id = waitForDue(lock)) {
        const auto begin = Clock::now();
        readOne(*id, lock);
        rest(Clock::now() - begin, lock);
    }
}

/// The one that is due first, once it is; nothing when it is time to stop.
std::optional<WorkloadId> PssReader::Shared::waitForDue(std::unique_lock<std::mutex>& lock)
{
    while (!isStopping) {
        const auto first = std::min_element(
            wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
        if (first == wanted.end())
            changed.wait(lock);
        else if (first->second.due <= Clock::now())
            return first->first;
        else
            changed.wait_until(lock, Clock::time_point(first->second.due));
    }
    return std::nullopt;
}

void PssReader::Shared::readOne(const WorkloadId& id, std::unique_lock<std::mutex>& lock)
{
    const auto pids = wanted.at(id).pids;
    const auto serial = wanted.at(id).serial;
    lock.unlock();
    auto reading = readPss(proc, pids);
    lock.lock();
    const auto found = wanted.find(id); // may have been forgotten meanwhile
    if (found == wanted.end() || found->second.serial != serial)
        return;
    found->second.latest = std::move(reading);
    found->second.due = Clock::now() + interval;
}

void PssReader::Shared::rest(Clock::duration work, std::unique_lock<std::mutex>& lock)
{
    changed.wait_until(lock, Clock::now() + work * kRestPerWork, [this] { return isStopping; });
}

PssReader::PssReader(ProcTree proc, std::chrono::milliseconds interval) : m_shared(std::make_shared<Shared>())
{
    m_shared->proc = std::move(proc);
    m_shared->interval = interval;
    std::thread([shared = m_shared] { shared->run(); }).detach(); // holds what it touches
}

PssReader::~PssReader()
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->isStopping = true;
    m_shared->changed.notify_all();
}

void PssReader::want(const WorkloadId& id, std::vector<pid_t> pids)
{
    const std::lock_guard lock(m_shared->mutex);
    auto& entry = m_shared->wanted[id];
    if (entry.serial == 0)
        entry.serial = ++m_shared->serials;
    entry.pids = std::move(pids);
    m_shared->changed.notify_all();
}

void PssReader::forget(const WorkloadId& id)
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->wanted.erase(id);
}

std::optional<Result<std::uint64_t>> PssReader::latest(const WorkloadId& id) const
{
    const std::lock_guard lock(m_shared->mutex);
    const auto found = m_shared->wanted.find(id);
    return found == m_shared->wanted.end() ? std::nullopt : found->second.latest;
}

} // namespace twinhull
