// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/libvirt_figures_source.h"

#include "core/vms/figures/known_disks.h"
#include "core/vms/guest/qemu_agent.h"
#include "core/workload/workload_connection.h"

#include <array>
#include <chrono>
#include <optional>

namespace twinhull {

namespace {

using std::chrono::seconds;

/// Each question of many makes libvirtd ask a QEMU, which costs both more than a tick of our own: one a second.
constexpr DomainPoll::Pace kPace{ seconds(5), seconds(60), seconds(5), seconds(1) };
/// What an agent tells changes slowly, each answer is work inside the guest, and a guest may hold a thread as long as
/// it likes.
constexpr DomainPoll::Pace kAgentPace{ seconds(15), seconds(120), seconds(60), seconds(1), 4 };

using Figure = Reading<std::uint64_t>;

/// A counter of libvirt's and where it belongs.
struct Counter {
    std::optional<std::uint64_t> DomainStatistics::*from;
    Figure& (*to)(Sample& sample);
    bool isNetwork = false; ///< one counter has one source: left to an agent that tells it
};
constexpr std::array kCounters{
    Counter{ &DomainStatistics::diskReadBytes, [](Sample& s) -> Figure& { return s.diskReadBytes; } },
    Counter{ &DomainStatistics::diskWrittenBytes, [](Sample& s) -> Figure& { return s.diskWrittenBytes; } },
    Counter{ &DomainStatistics::diskReads, [](Sample& s) -> Figure& { return s.diskRequests.reads; } },
    Counter{ &DomainStatistics::diskWrites, [](Sample& s) -> Figure& { return s.diskRequests.writes; } },
    Counter{ &DomainStatistics::diskRequests, [](Sample& s) -> Figure& { return s.diskRequests.count; } },
    Counter{
        &DomainStatistics::diskRequestNanoseconds, [](Sample& s) -> Figure& { return s.diskRequests.nanoseconds; } },
    Counter{ &DomainStatistics::kvmExits, [](Sample& s) -> Figure& { return s.kvmExits; } },
    Counter{
        &DomainStatistics::networkReceivedBytes, [](Sample& s) -> Figure& { return s.networkReceivedBytes; }, true },
    Counter{ &DomainStatistics::networkSentBytes, [](Sample& s) -> Figure& { return s.networkSentBytes; }, true },
    Counter{ &DomainStatistics::networkReceivedPackets, [](Sample& s) -> Figure& { return s.networkReceivedPackets; },
        true },
    Counter{ &DomainStatistics::networkSentPackets, [](Sample& s) -> Figure& { return s.networkSentPackets; }, true },
};

void fill(Figure& figure, const Figure& told)
{
    if (!figure)
        figure = told;
}

/// Counters are handed out once: between two answers they are known, but not to the tick.
void fillCounters(const DomainStatistics& from, bool isFresh, Sample& sample)
{
    const bool isNetworkTold = sample.networkReceivedBytes || sample.networkSentBytes || sample.isNetworkGuestView;
    for (const Counter& counter : kCounters) {
        const auto& value = from.*counter.from;
        if (!value || (counter.isNetwork && isNetworkTold))
            continue;
        if (isFresh)
            fill(counter.to(sample), *value);
        else
            counter.to(sample).explain(Needs::NextLibvirtReading);
    }
}

/// The balloon of a VM made from an image tells once, at its start; its agent is the one to be heard.
bool hasAgent(const Sample& sample)
{
    const Needs needs = sample.guest.memoryUsedBytes.needs();
    return needs == Needs::NextGuestReading || needs == Needs::GuestAnswer;
}

/// What libvirt would count, had it answered.
void explainSilence(Sample& sample)
{
    for (const Counter& counter : kCounters) {
        const bool isAgents = counter.isNetwork && sample.isNetworkGuestView; // it tells them, and goes on
        if (!isAgents)
            counter.to(sample).explain(Needs::LibvirtAnswer);
    }
}

void fillStatistics(const DomainPoll::Word& word, Sample& sample)
{
    const bool isSilent = word.isSilent || word.isHeldUp;
    if (isSilent)
        explainSilence(sample);
    if (!hasAgent(sample)) {
        const Figure otherwise = isSilent ? Needs::LibvirtAnswer : Needs::NextLibvirtReading;
        fill(sample.guest.memoryTotalBytes, word.statistics ? word.statistics->guestMemoryTotalBytes : otherwise);
        fill(sample.guest.memoryUsedBytes, word.statistics ? word.statistics->guestMemoryUsedBytes : otherwise);
        fill(sample.guest.memoryCacheBytes, word.statistics ? word.statistics->guestMemoryCacheBytes : otherwise);
    }
    if (word.statistics)
        fillCounters(*word.statistics, word.isFresh, sample);
}

Needs agentNeeds(const DomainPoll::Word& word)
{
    if (word.isSilent)
        return Needs::QemuAgent;
    return word.isHeldUp ? Needs::LibvirtAnswer : Needs::NextGuestReading;
}

void fillAgentsWord(const DomainPoll::Word& word, Sample& sample)
{
    GuestFigures& guest = sample.guest;
    const Figure otherwise = agentNeeds(word);
    const bool isTold = word.statistics.has_value();
    fill(guest.rootUsedBytes, isTold ? word.statistics->guestRootUsedBytes : otherwise);
    fill(guest.rootSizeBytes, isTold ? word.statistics->guestRootSizeBytes : otherwise);
    fill(guest.loadThousandths, isTold ? word.statistics->guestLoadThousandths : otherwise);
}

/// The disks come after the statistics and never beside them: whoever does not wait gets less while libvirt answers
/// another about the same domain.
Result<DomainStatistics> askLibvirt(virDomainPtr domain, const DomainPoll::Asked& asked, KnownDisks& disks)
{
    const bool isEmulated = asked.before && !asked.before->kvmExits; // it never has any
    auto statistics = readStatistics(domain, { !isEmulated, !asked.wish.isGuestMemoryTold });
    if (statistics)
        disks.ask(uuidOf(domain), diskQuestions(domain));
    return statistics;
}

Result<DomainStatistics> askAgent(virDomainPtr domain, const DomainPoll::Asked&)
{
    return askQemuAgent(domain);
}

} // namespace

LibvirtFiguresSource::LibvirtFiguresSource(const QString& uri, const std::string& imagesFolder)
    : m_disks(std::make_shared<KnownDisks>(imagesFolder))
    , m_statistics(
          uri,
          [disks = m_disks](
              virDomainPtr domain, const DomainPoll::Asked& asked) { return askLibvirt(domain, asked, *disks); },
          kPace)
    , m_agents(uri, askAgent, kAgentPace)
{
}

void LibvirtFiguresSource::setRunning(
    const std::map<QString, DiskRoles>& running, const std::set<QString>& withoutOurAgent)
{
    std::set<QString> keys;
    std::map<QString, DiskRoles> disks;
    for (const auto& [key, roles] : running) {
        keys.insert(key);
        disks.emplace(withoutConnection(key), roles);
    }
    m_disks->setDomains(disks);
    m_statistics.setDomains(keys);
    m_agents.setDomains(withoutOurAgent);
}

DomainPoll::Wish LibvirtFiguresSource::wishFor(const MetricTarget& target, const Sample& sample) const
{
    DomainPoll::Wish wish;
    wish.attention = target.isLookedAt ? m_attention : Attention::Unwatched;
    wish.qemu = target.footprint.rootPids.empty() ? 0 : target.footprint.rootPids.front();
    wish.isGuestMemoryTold = sample.guest.memoryUsedBytes || hasAgent(sample);
    return wish;
}

void LibvirtFiguresSource::read(std::span<const MetricTarget> targets, std::span<Sample> samples)
{
    m_statistics.watch();
    m_agents.watch();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (targets[i].id.kind != WorkloadKind::Vm)
            continue;
        const auto wish = wishFor(targets[i], samples[i]);
        if (const auto word = m_statistics.read(targets[i].id.key, wish)) {
            fillStatistics(*word, samples[i]);
            samples[i].disk = m_disks->parts(withoutConnection(targets[i].id.key), word->isSilent || word->isHeldUp);
        }
        if (const auto word = m_agents.read(targets[i].id.key, wish))
            fillAgentsWord(*word, samples[i]);
    }
}

} // namespace twinhull
