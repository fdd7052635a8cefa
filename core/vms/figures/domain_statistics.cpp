// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/domain_statistics.h"

#include <array>
#include <chrono>
#include <string>

namespace twinhull {

namespace {

constexpr unsigned kGroups = VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_INTERFACE;
constexpr unsigned kMostDevices = 1024; ///< or processors: more than any sane domain has
constexpr std::int64_t kOldSeconds = 30; ///< a balloon that reports does so every few seconds

class Record {
public:
    explicit Record(const virDomainStatsRecord& record) : m_record(record) { }

    std::optional<std::uint64_t> number(const std::string& name) const
    {
        unsigned long long value = 0;
        if (virTypedParamsGetULLong(m_record.params, m_record.nparams, name.c_str(), &value) != 1)
            return std::nullopt;
        return value;
    }

    /// Of "GROUP.0.FIELD", "GROUP.1.FIELD" …; absent when none has it.
    std::optional<std::uint64_t> sum(
        const std::string& group, const std::string& field, const char* countedBy = "count") const
    {
        unsigned count = 0;
        if (virTypedParamsGetUInt(m_record.params, m_record.nparams, (group + "." + countedBy).c_str(), &count) != 1)
            return std::nullopt;
        std::optional<std::uint64_t> total;
        for (unsigned i = 0; i < std::min(count, kMostDevices); ++i) {
            if (const auto one = number(group + "." + std::to_string(i) + "." + field))
                total = total.value_or(0) + *one;
        }
        return total;
    }

    /// Of several fields of the group; absent when none of them is there.
    std::optional<std::uint64_t> total(const std::string& group, std::initializer_list<const char*> fields) const
    {
        std::optional<std::uint64_t> all;
        for (const char* field : fields) {
            if (const auto one = sum(group, field))
                all = all.value_or(0) + *one;
        }
        return all;
    }

private:
    const virDomainStatsRecord& m_record;
};

std::optional<std::uint64_t> kibibytes(std::optional<std::uint64_t> number)
{
    return number ? std::optional(*number << 10U) : std::nullopt;
}

/// By this computer's clock: without a period the guest reports once, when its driver begins.
bool isOld(std::uint64_t wallClockSeconds)
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count() - kOldSeconds
        > static_cast<std::int64_t>(wallClockSeconds);
}

/// The guest's own count (domstats in virsh(1), "balloon").
void takeBalloon(const Record& record, DomainStatistics& statistics)
{
    const auto toldAt = record.number("balloon.last-update");
    const bool isLate = toldAt.value_or(0) > 0 && isOld(*toldAt);
    const Needs otherwise = isLate ? Needs::BalloonReports : Needs::BalloonDriver;
    statistics.guestMemoryTotalBytes = { kibibytes(record.number("balloon.current")), Needs::BalloonDriver };
    statistics.guestMemoryUsedBytes = statistics.guestMemoryCacheBytes = otherwise;
    const auto all = kibibytes(record.number("balloon.available"));
    const auto usable = kibibytes(record.number("balloon.usable"));
    if (!isLate && all && usable && *all >= *usable)
        statistics.guestMemoryUsedBytes = *all - *usable;
    if (!isLate)
        statistics.guestMemoryCacheBytes = { kibibytes(record.number("balloon.disk_caches")), otherwise };
}

} // namespace

Result<DomainStatistics> readStatistics(virDomainPtr domain, const StatisticsExtras& extras)
{
    const unsigned groups = kGroups | (extras.hasExits ? unsigned{ VIR_DOMAIN_STATS_VCPU } : 0U)
        | (extras.hasBalloon ? unsigned{ VIR_DOMAIN_STATS_BALLOON } : 0U);
    std::array<virDomainPtr, 2> list{ domain, nullptr };
    virDomainStatsRecordPtr* records = nullptr;
    const int count = virDomainListGetStats(list.data(), groups, &records, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    if (count < 0)
        return libvirtError("ask for statistics");
    const std::unique_ptr<virDomainStatsRecordPtr, VirDeleter<&virDomainStatsRecordListFree>> owner(records);
    DomainStatistics statistics;
    if (count == 0)
        return statistics; // it ended meanwhile
    const Record record(*records[0]);
    statistics.diskReadBytes = record.sum("block", "rd.bytes");
    statistics.diskWrittenBytes = record.sum("block", "wr.bytes");
    statistics.diskReads = record.sum("block", "rd.reqs");
    statistics.diskWrites = record.sum("block", "wr.reqs");
    statistics.diskRequests = record.total("block", { "rd.reqs", "wr.reqs", "fl.reqs" });
    statistics.diskRequestNanoseconds = record.total("block", { "rd.times", "wr.times", "fl.times" });
    statistics.kvmExits = record.sum("vcpu", "exits.sum", "maximum");
    statistics.networkReceivedBytes = record.sum("net", "rx.bytes");
    statistics.networkSentBytes = record.sum("net", "tx.bytes");
    statistics.networkReceivedPackets = record.sum("net", "rx.pkts");
    statistics.networkSentPackets = record.sum("net", "tx.pkts");
    if (extras.hasBalloon)
        takeBalloon(record, statistics);
    return statistics;
}

} // namespace twinhull
