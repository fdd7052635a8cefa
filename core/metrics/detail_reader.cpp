// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/detail_reader.h"

#include "core/base/clock.h"
#include "core/metrics/folder_reader.h"
#include "core/metrics/proc_text.h"
#include "core/metrics/qemu_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRestPerFirstWork = 200; // half a percent of a core, until all were read once
constexpr int kRestPerWork = 1000; // a tenth of a percent
constexpr int kRestPerUnwatchedWork = 4000;
constexpr int kMostIntervals = 12;
constexpr int kSlowerAtRest = 4;
constexpr std::uint64_t kFewBytes = 64 << 10;
constexpr std::uint64_t kRestingShare = 200; // of a core
constexpr int kMostThreadsAsked = 4096;

struct Wanted {
    std::vector<pid_t> pids;
    ProcessRoles roles;
    std::optional<Result<ProcessDetails>> latest;
    ThreadCounter threads;
    std::optional<DetailReader::Activity> activity; ///< told last
    std::optional<DetailReader::Activity> activityRead; ///< told last before the latest reading
    int intervals = 1; ///< from one reading to the next; more and more at rest
    Clock::time_point readAt;
    Clock::time_point due; ///< the past: never read
    std::uint64_t serial = 0; ///< tells one that was forgotten and wanted again from the one before
};

/// Since the latest reading. Pages come and go by the dozen in what only waits.
bool isBusy(const Wanted& wanted)
{
    if (!wanted.activity || !wanted.activityRead)
        return true;
    const std::uint64_t before = wanted.activityRead->residentBytes;
    const std::uint64_t now = wanted.activity->residentBytes;
    const std::uint64_t moved = std::max(before, now) - std::min(before, now);
    if (moved > std::max(before / 64, kFewBytes))
        return true;
    const std::uint64_t used = wanted.activity->cpuNanoseconds - wanted.activityRead->cpuNanoseconds;
    const auto passed = std::chrono::nanoseconds(Clock::now() - wanted.readAt).count();
    return used > static_cast<std::uint64_t>(passed) / kRestingShare;
}

bool isGone(const Error& error)
{
    return error.sysErrno == ESRCH || error.sysErrno == ENOENT;
}

/// Of the kernel's own line (6.8 and later), else from the count of pages that 5.19 brought.
std::optional<std::uint64_t> mergedBytes(std::string_view rollup, const std::string& folder, ReadBuffer& buffer)
{
    if (const auto bytes = kilobyteLine(rollup, "KSM"))
        return bytes;
    const auto file = KeptFile::open(folder + "/ksm_merging_pages");
    const auto text = file ? file->read(buffer) : Result<std::string_view>(Error{});
    std::string_view word = text ? *text : std::string_view();
    const auto pages = numberOf(nextWord(word));
    if (!pages)
        return std::nullopt;
    return *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void addRollup(std::string_view rollup, ProcessDetails& details)
{
    const std::uint64_t pss = kilobyteLine(rollup, "Pss").value_or(0);
    const std::uint64_t rss = kilobyteLine(rollup, "Rss").value_or(pss);
    details.pssBytes += pss;
    details.sharedBytes += rss - std::min(rss, pss);
    details.swappedBytes += kilobyteLine(rollup, "SwapPss").value_or(0); // a kernel without swap has no such line
}

/// Of smaps_rollup of one process, which is in `details` already.
void addPart(
    std::string_view rollup, pid_t pid, const std::string& folder, const ProcessRoles& roles, ProcessDetails& details)
{
    const std::uint64_t pss = kilobyteLine(rollup, "Pss").value_or(0);
    if (std::find(roles.helpers.begin(), roles.helpers.end(), pid) != roles.helpers.end()) {
        details.helperBytes += pss;
        return;
    }
    const auto anonymous = kilobyteLine(rollup, "Pss_Anon");
    details.anonymousBytes
        = details.anonymousBytes && anonymous ? std::optional(*details.anonymousBytes + *anonymous) : std::nullopt;
    if (pid != roles.qemu)
        return;
    details.ramBytes = ramPssBytes(folder + "/smaps");
    if (details.ramBytes) { // read a moment later, it may have grown
        *details.ramBytes = std::min(*details.ramBytes, pss);
        details.qemuOwnBytes = pss - *details.ramBytes;
    }
}

Result<std::string_view> rollupOf(const ProcTree& proc, pid_t pid, ReadBuffer& buffer)
{
    const auto file = KeptFile::open(proc.root + "/" + std::to_string(pid) + "/smaps_rollup");
    auto text = file ? file->read(buffer) : Result<std::string_view>(file.error());
    return std::move(text).withContext("memory of process " + std::to_string(pid));
}

std::uint64_t pageTableBytes(const std::string& folder, ReadBuffer& buffer)
{
    const auto file = KeptFile::open(folder + "/status");
    const auto text = file ? file->read(buffer) : Result<std::string_view>(Error{});
    return text ? kilobyteLine(*text, "VmPTE").value_or(0) : 0; // a process that just ended has none
}

std::optional<std::uint64_t> switchesOf(const std::string& thread, ReadBuffer& buffer)
{
    const auto file = KeptFile::open(thread + "/schedstat");
    const auto read = file ? file->read(buffer) : Result<std::string_view>(Error{});
    std::string_view text = read ? *read : std::string_view();
    (void)nextWord(text); // time on a core
    (void)nextWord(text); // time ready and waiting
    return numberOf(nextWord(text));
}

std::optional<std::uint64_t> blockedTicksOf(const std::string& thread, ReadBuffer& buffer)
{
    const auto file = KeptFile::open(thread + "/stat");
    const auto text = file ? file->read(buffer) : Result<std::string_view>(Error{});
    return text ? parseBlockedTicks(*text) : std::nullopt;
}

} // namespace

void ThreadCounter::beginRound(const ProcTree& proc, ReadBuffer& buffer)
{
    ++m_round;
    m_asked = 0;
    const auto file = KeptFile::open(proc.root + "/sys/kernel/task_delayacct");
    const auto text = file ? file->read(buffer) : Result<std::string_view>(Error{});
    m_isDelayCounted = text && text->starts_with('1');
}

void ThreadCounter::count(const std::string& processFolder, ReadBuffer& buffer)
{
    const FolderReader tasks(processFolder + "/task");
    for (const char* name = tasks.next(); name != nullptr && m_asked < kMostThreadsAsked; name = tasks.next()) {
        const auto tid = numberOf(name);
        const std::string folder = processFolder + "/task/" + name;
        const auto switches = tid ? switchesOf(folder, buffer) : std::nullopt;
        if (!switches)
            continue;
        ++m_asked;
        Thread& thread = m_threads[static_cast<pid_t>(*tid)];
        if (*switches < thread.counts.switches) // another got its number
            thread.counts = {};
        const std::uint64_t blocked
            = m_isDelayCounted ? blockedTicksOf(folder, buffer).value_or(0) : thread.counts.blockedTicks;
        m_total.switches += *switches - thread.counts.switches;
        m_total.blockedTicks += blocked - std::min(blocked, thread.counts.blockedTicks);
        thread = { { *switches, blocked }, m_round };
    }
}

void ThreadCounter::endRound()
{
    std::erase_if(m_threads, [this](const auto& entry) { return entry.second.round != m_round; });
}

Reading<std::uint64_t> ThreadCounter::blockedNanoseconds() const
{
    if (!m_isDelayCounted || m_total.blockedTicks == 0)
        return Needs::DelayAccounting;
    static const auto perSecond = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return m_total.blockedTicks * (1'000'000'000 / perSecond);
}

Result<ProcessDetails> readMemory(const ProcTree& proc, std::span<const pid_t> pids)
{
    const auto buffer = std::make_unique<ReadBuffer>();
    ProcessDetails details;
    for (const pid_t pid : pids) {
        const auto text = rollupOf(proc, pid, *buffer);
        if (text)
            addRollup(*text, details);
        else if (!isGone(text.error()))
            return text.error();
    }
    details.monotonicNanoseconds = monotonicNanoseconds();
    return details;
}

Result<ProcessDetails> readDetails(const ProcTree& proc, std::span<const pid_t> pids, const ProcessRoles& roles,
    ThreadCounter& threads, TcpRoundTrips& connections)
{
    const auto buffer = std::make_unique<ReadBuffer>();
    ProcessDetails details;
    details.mergedBytes = 0;
    details.anonymousBytes = 0;
    threads.beginRound(proc, *buffer);
    for (const pid_t pid : pids) {
        const std::string folder = proc.root + "/" + std::to_string(pid);
        const auto text = rollupOf(proc, pid, *buffer);
        if (!text && isGone(text.error()))
            continue;
        if (!text)
            return text.error();
        addRollup(*text, details);
        addPart(*text, pid, folder, roles, details);
        const auto merged = mergedBytes(*text, folder, *buffer); // the last use of the text: the room is used again
        details.mergedBytes
            = details.mergedBytes && merged ? std::optional(*details.mergedBytes + *merged) : std::nullopt;
        details.pageTableBytes += pageTableBytes(folder, *buffer);
        threads.count(folder, *buffer);
    }
    threads.endRound();
    details.contextSwitches = threads.switches();
    details.blockedNanoseconds = threads.blockedNanoseconds();
    details.roundTripNanoseconds = connections.medianOf(pids);
    details.monotonicNanoseconds = monotonicNanoseconds();
    return details;
}

Result<ProcessDetails> readDetails(const ProcTree& proc, std::span<const pid_t> pids, const ProcessRoles& roles)
{
    ThreadCounter threads;
    TcpRoundTrips connections(proc);
    return readDetails(proc, pids, roles, threads, connections);
}

struct DetailReader::Shared {
    Shared(ProcTree from, Extent what) : proc(std::move(from)), extent(what), connections(proc) { }

    const ProcTree proc;
    const Extent extent;
    TcpRoundTrips connections; ///< the thread's own
    std::chrono::milliseconds interval;
    std::mutex mutex;
    std::condition_variable changed;
    std::map<WorkloadId, Wanted> wanted;
    std::set<std::pair<Clock::time_point, WorkloadId>> queue; ///< all of those, by when each is due
    std::size_t unread = 0; ///< of those, so far
    std::uint64_t serials = 0;
    Attention attention = Attention::Watched;
    bool isStopping = false;

    void run();
    void put(const WorkloadId& id, Wanted& entry, Clock::time_point due);
    void drop(const WorkloadId& id);
    void rest(Clock::duration work, std::unique_lock<std::mutex>& lock);
    std::optional<WorkloadId> waitForDue(std::unique_lock<std::mutex>& lock);
    void readOne(const WorkloadId& id, std::unique_lock<std::mutex>& lock);
};

void DetailReader::Shared::run()
{
    std::unique_lock lock(mutex);
    while (const auto id = waitForDue(lock)) {
        const bool isFirst = !wanted.at(*id).latest;
        const std::int64_t begin = threadCpuNanoseconds();
        readOne(*id, lock);
        const std::chrono::nanoseconds work(threadCpuNanoseconds() - begin);
        if (isFirst)
            changed.wait_until(lock, Clock::now() + work * kRestPerFirstWork, [this] { return isStopping; });
        else
            rest(work, lock);
    }
}

/// What is new does not wait for the rest of the others, nor does one who looks again.
void DetailReader::Shared::rest(Clock::duration work, std::unique_lock<std::mutex>& lock)
{
    const Attention before = attention;
    const int share = before == Attention::Watched ? kRestPerWork : kRestPerUnwatchedWork;
    changed.wait_until(
        lock, Clock::now() + work * share, [&] { return isStopping || unread > 0 || attention != before; });
}

/// Each change of when an entry is due.
void DetailReader::Shared::put(const WorkloadId& id, Wanted& entry, Clock::time_point due)
{
    queue.erase({ entry.due, id });
    entry.due = due;
    queue.emplace(due, id);
}

void DetailReader::Shared::drop(const WorkloadId& id)
{
    const auto found = wanted.find(id);
    if (found == wanted.end())
        return;
    unread -= found->second.latest ? 0 : 1;
    queue.erase({ found->second.due, id });
    wanted.erase(found);
}

/// The one that is due first, once it is; nothing when it is time to stop.
std::optional<WorkloadId> DetailReader::Shared::waitForDue(std::unique_lock<std::mutex>& lock)
{
    while (!isStopping) {
        if (queue.empty()) {
            changed.wait(lock);
            continue;
        }
        const auto& [due, id] = *queue.begin();
        if (due <= Clock::now())
            return id;
        changed.wait_until(lock, Clock::time_point(due));
    }
    return std::nullopt;
}

void DetailReader::Shared::readOne(const WorkloadId& id, std::unique_lock<std::mutex>& lock)
{
    const auto pids = wanted.at(id).pids;
    const auto roles = wanted.at(id).roles;
    const auto serial = wanted.at(id).serial;
    const auto activity = wanted.at(id).activity;
    const int intervals = isBusy(wanted.at(id)) ? 1 : std::min(kSlowerAtRest * wanted.at(id).intervals, kMostIntervals);
    ThreadCounter threads = std::move(wanted.at(id).threads);
    lock.unlock();
    auto reading
        = extent == Extent::Memory ? readMemory(proc, pids) : readDetails(proc, pids, roles, threads, connections);
    lock.lock();
    const auto found = wanted.find(id); // may have been forgotten meanwhile
    if (found == wanted.end() || found->second.serial != serial)
        return;
    unread -= found->second.latest ? 0 : 1;
    found->second.latest = std::move(reading);
    found->second.threads = std::move(threads);
    found->second.activityRead = activity;
    found->second.intervals = intervals;
    found->second.readAt = Clock::now();
    put(id, found->second, found->second.readAt + interval * intervals); // want() brings it forward
}

DetailReader::DetailReader(ProcTree proc, std::chrono::milliseconds interval, Extent extent)
    : m_shared(std::make_shared<Shared>(std::move(proc), extent))
{
    m_shared->interval = interval;
    std::thread([shared = m_shared] { shared->run(); }).detach(); // holds what it touches
}

DetailReader::~DetailReader()
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->isStopping = true;
    m_shared->changed.notify_all();
}

void DetailReader::want(
    const WorkloadId& id, std::vector<pid_t> pids, std::optional<Activity> activity, ProcessRoles roles)
{
    const std::lock_guard lock(m_shared->mutex);
    auto& entry = m_shared->wanted[id];
    if (entry.serial == 0) {
        entry.serial = ++m_shared->serials;
        ++m_shared->unread;
        m_shared->queue.emplace(entry.due, id);
    }
    const bool isNew = entry.pids.empty();
    const bool isOther = entry.pids != pids;
    entry.pids = std::move(pids);
    entry.roles = std::move(roles);
    entry.activity = activity;
    const auto due = entry.due;
    if (isOther || isBusy(entry))
        m_shared->put(id, entry, std::min(entry.due, entry.readAt + m_shared->interval));
    if (isNew || entry.due != due) // whoever waits for the first of all
        m_shared->changed.notify_all();
}

void DetailReader::forget(const WorkloadId& id)
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->drop(id);
}

void DetailReader::setAttention(Attention attention)
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->attention = attention;
    m_shared->changed.notify_all();
}

std::optional<Result<ProcessDetails>> DetailReader::latest(const WorkloadId& id) const
{
    const std::lock_guard lock(m_shared->mutex);
    const auto found = m_shared->wanted.find(id);
    return found == m_shared->wanted.end() ? std::nullopt : found->second.latest;
}

} // namespace twinhull
