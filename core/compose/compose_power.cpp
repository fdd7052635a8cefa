// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_power.h"

#include "core/compose/compose_labels.h"

#include <QMap>
#include <QSet>

#include <algorithm>

namespace twinhull {

namespace {

struct ConditionName {
    StartCondition condition;
    const char* name;
};

constexpr ConditionName kConditionNames[] = {
    { StartCondition::Started, "service_started" },
    { StartCondition::Healthy, "service_healthy" },
    { StartCondition::CompletedSuccessfully, "service_completed_successfully" },
};

QString nameOf(StartCondition condition)
{
    const auto* found = std::find_if(std::begin(kConditionNames), std::end(kConditionNames),
        [condition](const ConditionName& each) { return each.condition == condition; });
    return QLatin1String(found->name);
}

/// What is not known counts as started: the order holds, and nothing is waited for.
StartCondition conditionNamed(QStringView name)
{
    for (const ConditionName& each : kConditionNames) {
        if (name == QLatin1String(each.name))
            return each.condition;
    }
    return StartCondition::Started;
}

std::vector<ServiceDependency> dependenciesOf(const QString& label)
{
    std::vector<ServiceDependency> dependencies;
    for (const QString& each : label.split(u',', Qt::SkipEmptyParts)) {
        const QString service = each.section(u':', 0, 0);
        if (!service.isEmpty())
            dependencies.push_back(
                { service, conditionNamed(each.section(u':', 1, 1)), true, each.section(u':', 2, 2) == u"true" });
    }
    return dependencies;
}

/// The services of a project as its containers tell of them.
class ServiceRanks {
public:
    ServiceRanks(const std::vector<WorkloadInfo>& containers, const QString& project)
        : m_containers(containersOf(containers, project))
    {
        for (const auto& info : m_containers) {
            auto& dependencies = m_needs[serviceOf(info)];
            if (dependencies.empty())
                dependencies = dependenciesOf(info.labels.value(kDependenciesLabel));
        }
        rank();
    }

    const std::vector<WorkloadInfo>& containers() const { return m_containers; }
    int rankOf(const QString& service) const { return m_ranks.value(service); }
    int highest() const { return m_ranks.isEmpty() ? -1 : *std::max_element(m_ranks.begin(), m_ranks.end()); }
    std::vector<ServiceDependency> needsOf(const QString& service) const { return m_needs.value(service); }

    /// With what they depend on; all where none is named.
    QSet<QString> withNeeds(const QStringList& services) const
    {
        QStringList open = services.isEmpty() ? m_needs.keys() : services;
        QSet<QString> all;
        while (!open.isEmpty()) {
            const QString service = open.takeLast();
            if (all.contains(service))
                continue;
            all.insert(service);
            for (const auto& need : needsOf(service))
                open << need.service;
        }
        return all;
    }

private:
    /// One above the highest of what it depends on. In a circle that would never end: no rank is above the count.
    void rank()
    {
        for (const QString& service : m_needs.keys())
            m_ranks.insert(service, 0);
        for (qsizetype pass = 0; pass < m_needs.size(); ++pass) {
            for (auto it = m_needs.cbegin(); it != m_needs.cend(); ++it) {
                for (const auto& need : it.value()) {
                    if (m_ranks.contains(need.service) && m_ranks[it.key()] <= m_ranks[need.service])
                        m_ranks[it.key()] = std::min(m_ranks[need.service] + 1, static_cast<int>(m_needs.size()));
                }
            }
        }
    }

    std::vector<WorkloadInfo> m_containers;
    QMap<QString, std::vector<ServiceDependency>> m_needs;
    QMap<QString, int> m_ranks; ///< from 0: depends on nothing
};

ComposeStep stepOn(ComposeStep::Kind kind, const WorkloadInfo& info)
{
    ComposeStep step;
    step.kind = kind;
    step.name = info.name;
    step.id = info.id;
    return step;
}

/// What these services wait for, each once.
ComposeRound awaitsOf(const QSet<QString>& services, const ServiceRanks& ranks)
{
    ComposeRound round;
    for (const QString& service : services) {
        for (const auto& need : ranks.needsOf(service)) {
            ComposeStep step;
            step.kind = ComposeStep::Kind::Await;
            step.name = need.service;
            step.condition = need.condition;
            for (const auto& info : ranks.containers()) {
                if (serviceOf(info) == need.service)
                    step.awaited << info.name;
            }
            const bool isKnown = std::any_of(round.begin(), round.end(), [&step](const ComposeStep& other) {
                return other.name == step.name && other.condition == step.condition;
            });
            const bool isBefore = ranks.rankOf(need.service) < ranks.rankOf(service); // not so in a circle
            if (need.condition != StartCondition::Started && isBefore && !step.awaited.isEmpty() && !isKnown)
                round.push_back(std::move(step));
        }
    }
    return round;
}

} // namespace

QString dependenciesText(const ComposeService& service)
{
    QStringList texts;
    for (const auto& need : service.dependencies)
        texts << QStringLiteral("%1:%2:%3")
                     .arg(need.service, nameOf(need.isRequired ? need.condition : StartCondition::Started),
                         need.restarts ? QStringLiteral("true") : QStringLiteral("false"));
    return texts.join(u',');
}

std::vector<ComposeRound> startRounds(
    const std::vector<WorkloadInfo>& containers, const QString& project, const QStringList& services)
{
    const ServiceRanks ranks(containers, project);
    const QSet<QString> wanted = ranks.withNeeds(services);
    std::vector<ComposeRound> rounds;
    for (int rank = 0; rank <= ranks.highest(); ++rank) {
        ComposeRound starts;
        QSet<QString> starting;
        for (const auto& info : ranks.containers()) {
            if (ranks.rankOf(serviceOf(info)) != rank || !wanted.contains(serviceOf(info))
                || !info.capabilities.testFlag(Capability::Start))
                continue;
            starts.push_back(stepOn(ComposeStep::Kind::Start, info));
            starting.insert(serviceOf(info));
        }
        if (auto awaits = awaitsOf(starting, ranks); !awaits.empty())
            rounds.push_back(std::move(awaits));
        if (!starts.empty())
            rounds.push_back(std::move(starts));
    }
    return rounds;
}

QStringList withRestarted(
    const std::vector<WorkloadInfo>& containers, const QString& project, const QStringList& services)
{
    QStringList all = services;
    for (const auto& info : containersOf(containers, project)) {
        const auto needs = dependenciesOf(info.labels.value(kDependenciesLabel));
        const bool isRestarted = std::any_of(needs.begin(), needs.end(),
            [&services](const ServiceDependency& need) { return need.restarts && services.contains(need.service); });
        if (isRestarted && info.capabilities.testFlag(Capability::Stop) && !all.contains(serviceOf(info)))
            all << serviceOf(info);
    }
    return all;
}

std::vector<WorkloadInfo> inOrderOfStopping(const std::vector<WorkloadInfo>& containers, const QString& project)
{
    const ServiceRanks ranks(containers, project);
    std::vector<WorkloadInfo> ordered = ranks.containers();
    std::stable_sort(ordered.begin(), ordered.end(), [&ranks](const WorkloadInfo& left, const WorkloadInfo& right) {
        return ranks.rankOf(serviceOf(left)) > ranks.rankOf(serviceOf(right));
    });
    return ordered;
}

std::vector<ComposeRound> stopRounds(
    const std::vector<WorkloadInfo>& containers, const QString& project, const QStringList& services)
{
    const ServiceRanks ranks(containers, project);
    std::vector<ComposeRound> rounds;
    for (int rank = ranks.highest(); rank >= 0; --rank) {
        ComposeRound stops;
        for (const auto& info : ranks.containers()) {
            const bool isWanted = services.isEmpty() || services.contains(serviceOf(info));
            if (ranks.rankOf(serviceOf(info)) == rank && isWanted && info.capabilities.testFlag(Capability::Stop))
                stops.push_back(stepOn(ComposeStep::Kind::Stop, info));
        }
        if (!stops.empty())
            rounds.push_back(std::move(stops));
    }
    return rounds;
}

} // namespace twinhull
