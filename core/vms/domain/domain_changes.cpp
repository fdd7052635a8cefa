// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_changes.h"

#include <QXmlStreamReader>

#include <algorithm>
#include <set>

namespace twinhull {

namespace {

std::vector<SnapshotHandle> listedSnapshots(virDomainPtr domain)
{
    virDomainSnapshotPtr* listed = nullptr;
    const int count = virDomainListAllSnapshots(domain, &listed, 0);
    if (count < 0) // a driver that has none
        return {};
    std::vector<SnapshotHandle> snapshots(listed, listed + count);
    ::free(listed);
    return snapshots;
}

std::vector<DomainHandle> listedDomains(virConnectPtr link, unsigned flags)
{
    virDomainPtr* listed = nullptr;
    const int count = virConnectListAllDomains(link, &listed, flags);
    if (count < 0)
        return {};
    std::vector<DomainHandle> domains(listed, listed + count);
    ::free(listed);
    return domains;
}

} // namespace

std::vector<QString> DomainChanges::since(virConnectPtr link)
{
    std::set<QString> withSnapshots;
    for (const DomainHandle& domain : listedDomains(link, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT))
        withSnapshots.insert(uuidOf(domain.get()));
    std::map<QString, Seen> now;
    std::vector<QString> changed;
    for (const DomainHandle& domain : listedDomains(link, 0)) {
        const QString uuid = uuidOf(domain.get());
        const Seen& seen = now[uuid] = look(domain.get(), withSnapshots.count(uuid) > 0);
        if (!m_seen)
            continue;
        const auto before = m_seen->find(uuid);
        if (before == m_seen->end() || !(before->second == seen))
            changed.push_back(uuid);
    }
    m_seen = std::move(now);
    return changed;
}

DomainChanges::Seen DomainChanges::look(virDomainPtr domain, bool hasSnapshots)
{
    Seen seen;
    virDomainInfo info{};
    if (virDomainGetInfo(domain, &info) == 0) {
        seen.memoryKibibytes = info.memory;
        seen.cpus = info.nrVirtCpu;
    }
    if (!hasSnapshots)
        return seen;
    for (const SnapshotHandle& snapshot : listedSnapshots(domain))
        seen.snapshots << QString::fromUtf8(virDomainSnapshotGetName(snapshot.get()));
    seen.snapshots.sort();
    return seen;
}

std::vector<WorkloadSnapshot> snapshotsOf(virDomainPtr domain)
{
    std::vector<WorkloadSnapshot> snapshots;
    for (const SnapshotHandle& listed : listedSnapshots(domain)) {
        const QDateTime taken = snapshotTime(takeText(virDomainSnapshotGetXMLDesc(listed.get(), 0)).toUtf8());
        if (taken.isValid())
            snapshots.push_back({ QString::fromUtf8(virDomainSnapshotGetName(listed.get())), taken });
    }
    std::stable_sort(snapshots.begin(), snapshots.end(),
        [](const WorkloadSnapshot& a, const WorkloadSnapshot& b) { return a.takenAt < b.takenAt; });
    if (snapshots.size() > kMostSnapshots)
        snapshots.erase(snapshots.begin(), snapshots.end() - kMostSnapshots);
    return snapshots;
}

QDateTime snapshotTime(const QByteArray& xml)
{
    QXmlStreamReader reader(xml);
    if (!reader.readNextStartElement() || reader.name() != u"domainsnapshot")
        return {};
    while (reader.readNextStartElement()) {
        if (reader.name() != u"creationTime") {
            reader.skipCurrentElement();
            continue;
        }
        bool isNumber = false;
        const qint64 seconds = reader.readElementText().toLongLong(&isNumber);
        return isNumber && seconds > 0 ? QDateTime::fromSecsSinceEpoch(seconds) : QDateTime();
    }
    return {};
}

} // namespace twinhull
