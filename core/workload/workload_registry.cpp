// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_registry.h"

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

constexpr qsizetype kShortestKeyPrefix = 4;

bool answersTo(const WorkloadInfo& info, const QString& nameOrKey)
{
    return info.name == nameOrKey || (nameOrKey.size() >= kShortestKeyPrefix && info.id.key.startsWith(nameOrKey));
}

} // namespace

WorkloadRegistry::WorkloadRegistry(QObject* parent) : QObject(parent) { }

void WorkloadRegistry::add(WorkloadProvider* provider)
{
    m_providers.push_back(provider);
    const auto passOn = [this](auto signal) {
        return [this, signal](WorkloadInfo info) {
            markGroup(info);
            (this->*signal)(info);
        };
    };
    connect(provider, &WorkloadProvider::added, this, passOn(&WorkloadRegistry::added));
    connect(provider, &WorkloadProvider::changed, this, passOn(&WorkloadRegistry::changed));
    connect(provider, &WorkloadProvider::removed, this, &WorkloadRegistry::removed);
    connect(provider, &WorkloadProvider::availabilityChanged, this, &WorkloadRegistry::availabilityChanged);
    connect(provider, &QObject::destroyed, this, [this, provider] { std::erase(m_providers, provider); });
    for (WorkloadInfo& info : provider->workloads()) {
        markGroup(info);
        Q_EMIT added(info);
    }
    Q_EMIT availabilityChanged();
}

void WorkloadRegistry::setGroups(QHash<WorkloadId, QString> groups)
{
    const auto before = std::exchange(m_groups, std::move(groups));
    for (const WorkloadInfo& info : workloads()) {
        if (info.group != before.value(info.id))
            Q_EMIT changed(info);
    }
}

void WorkloadRegistry::markGroup(WorkloadInfo& info) const
{
    info.group = m_groups.value(info.id);
}

WorkloadProvider* WorkloadRegistry::provider(WorkloadKind kind) const
{
    const auto found = std::find_if(
        m_providers.begin(), m_providers.end(), [kind](const auto* candidate) { return candidate->kind() == kind; });
    return found == m_providers.end() ? nullptr : *found;
}

std::vector<WorkloadInfo> WorkloadRegistry::workloads() const
{
    std::vector<WorkloadInfo> all;
    for (const auto* provider : m_providers) {
        auto part = provider->workloads();
        for (WorkloadInfo& info : part)
            markGroup(info);
        std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
}

std::optional<WorkloadInfo> WorkloadRegistry::find(const WorkloadId& id) const
{
    for (const auto* provider : m_providers) {
        if (provider->kind() != id.kind)
            continue;
        if (auto info = provider->find(id)) {
            markGroup(*info);
            return info;
        }
    }
    return std::nullopt;
}

std::vector<WorkloadInfo> WorkloadRegistry::findByName(const QString& nameOrKey, std::optional<WorkloadKind> kind) const
{
    std::vector<WorkloadInfo> found;
    for (auto& info : workloads()) {
        if (answersTo(info, nameOrKey) && (!kind || info.id.kind == *kind))
            found.push_back(std::move(info));
    }
    return found;
}

} // namespace twinhull
