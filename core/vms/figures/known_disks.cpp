// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/known_disks.h"

#include <chrono>
#include <utility>

namespace twinhull {

namespace {

constexpr std::int64_t kAskedEach = std::chrono::nanoseconds(std::chrono::minutes(1)).count();
constexpr std::int64_t kStandsFor = std::chrono::nanoseconds(std::chrono::minutes(10)).count();

DiskParts absentParts(Needs needs)
{
    DiskParts parts;
    parts.image = parts.layers = parts.writable = parts.virtualSize = needs;
    parts.volumes = Needs::NamedVolume; // a VM never has one
    return parts;
}

} // namespace

KnownDisks::KnownDisks(std::string imagesFolder, Clock clock) : m_imagesFolder(std::move(imagesFolder)), m_clock(clock)
{
}

void KnownDisks::setDomains(const std::map<QString, DiskRoles>& domains)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_domains, [&domains](const auto& entry) { return domains.count(entry.first) == 0; });
    for (const auto& [uuid, roles] : domains) {
        const auto [entry, isNew] = m_domains.try_emplace(uuid);
        Domain& domain = entry->second;
        if (isNew)
            domain.number = ++m_numbers;
        if (isNew || !(domain.told == roles))
            domain.told = domain.roles = roles;
    }
}

void KnownDisks::ask(const QString& uuid, const DiskQuestions& questions)
{
    std::unique_lock lock(m_mutex);
    auto found = m_domains.find(uuid);
    const bool isDue
        = found != m_domains.end() && (found->second.readAt == 0 || m_clock() - found->second.readAt >= kAskedEach);
    if (!isDue)
        return;
    const Domain before = found->second;
    DiskRoles roles = before.roles;
    lock.unlock();
    const auto parts = readDisks(questions, roles, m_imagesFolder);
    lock.lock();
    found = m_domains.find(uuid);
    if (found == m_domains.end() || found->second.number != before.number) // it ended, and maybe began again meanwhile
        return;
    Domain& domain = found->second;
    if (domain.told == before.told) // else that is newer
        domain.roles = std::move(roles);
    domain.hasFailed = !parts;
    if (parts) {
        domain.parts = *parts;
        domain.readAt = m_clock();
    }
}

DiskParts KnownDisks::parts(const QString& uuid, bool isSilent) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_domains.find(uuid);
    if (found == m_domains.end())
        return absentParts(Needs::FirstReading);
    const Domain& domain = found->second;
    const bool isKnown = domain.readAt != 0;
    if (isKnown && m_clock() - domain.readAt < kStandsFor)
        return domain.parts;
    if (isSilent || domain.hasFailed)
        return absentParts(Needs::LibvirtAnswer);
    return absentParts(isKnown ? Needs::NextLibvirtReading : Needs::FirstReading);
}

} // namespace twinhull
