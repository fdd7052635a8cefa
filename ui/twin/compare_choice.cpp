// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_choice.h"

#include <algorithm>

namespace twinhull {

namespace {

bool runs(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Running || info.state == WorkloadState::Paused;
}

/// The first container whose VM twin is there too; twins that run go first.
std::vector<WorkloadId> firstTwin(const std::vector<WorkloadInfo>& all)
{
    std::vector<WorkloadId> found;
    for (const WorkloadInfo& container : all) {
        if (container.id.kind != WorkloadKind::Container || container.twinGroup.isEmpty())
            continue;
        const auto vm = std::find_if(all.begin(), all.end(), [&container](const WorkloadInfo& other) {
            return other.id.kind == WorkloadKind::Vm && other.twinGroup == container.twinGroup;
        });
        if (vm == all.end())
            continue;
        if (runs(container) && runs(*vm))
            return { container.id, vm->id };
        if (found.empty())
            found = { container.id, vm->id };
    }
    return found;
}

std::vector<WorkloadId> firstOfEachKind(const std::vector<WorkloadInfo>& all)
{
    std::vector<WorkloadId> found;
    for (const WorkloadKind kind : { WorkloadKind::Container, WorkloadKind::Vm }) {
        const auto first = std::find_if(
            all.begin(), all.end(), [kind](const WorkloadInfo& info) { return info.id.kind == kind && runs(info); });
        if (first == all.end())
            return {};
        found.push_back(first->id);
    }
    return found;
}

} // namespace

CompareChoice::CompareChoice(const WorkloadRegistry& workloads, QObject* parent)
    : QObject(parent), m_registry(workloads)
{
    connect(&workloads, &WorkloadRegistry::added, this, &CompareChoice::onWorkloadsChanged);
    connect(&workloads, &WorkloadRegistry::changed, this, &CompareChoice::onWorkloadsChanged);
    connect(&workloads, &WorkloadRegistry::removed, this, &CompareChoice::onWorkloadsChanged);
    chooseByItself();
}

std::vector<WorkloadInfo> CompareChoice::workloads() const
{
    std::vector<WorkloadInfo> chosen;
    for (const WorkloadId& id : m_ids) {
        if (auto info = m_registry.find(id))
            chosen.push_back(*std::move(info));
    }
    return chosen;
}

void CompareChoice::add(const WorkloadId& id)
{
    m_isChosenByPerson = true;
    std::vector<WorkloadId> ids = m_ids;
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
        ids.push_back(id);
    setIds(std::move(ids));
}

void CompareChoice::remove(const WorkloadId& id)
{
    m_isChosenByPerson = true;
    std::vector<WorkloadId> ids = m_ids;
    std::erase(ids, id);
    setIds(std::move(ids));
}

void CompareChoice::onWorkloadsChanged()
{
    std::vector<WorkloadId> ids = m_ids;
    std::erase_if(ids, [this](const WorkloadId& id) { return !m_registry.find(id); });
    if (ids.empty())
        m_isChosenByPerson = false; // nothing of that choice is left
    m_ids = std::move(ids);
    if (!m_isChosenByPerson)
        chooseByItself();
    Q_EMIT changed();
}

void CompareChoice::chooseByItself()
{
    const auto all = m_registry.workloads();
    const auto isRunning = [this](const WorkloadId& id) {
        const auto info = m_registry.find(id);
        return info && runs(*info);
    };
    // A pair that still runs is not exchanged for another one while somebody looks at it.
    if (m_ids.size() == 2 && std::all_of(m_ids.begin(), m_ids.end(), isRunning))
        return;
    auto ids = firstTwin(all);
    if (ids.empty())
        ids = firstOfEachKind(all);
    if (!ids.empty())
        m_ids = std::move(ids);
}

void CompareChoice::setIds(std::vector<WorkloadId> ids)
{
    std::stable_sort(ids.begin(), ids.end(), [](const WorkloadId& a, const WorkloadId& b) { return a.kind < b.kind; });
    if (ids == m_ids)
        return;
    m_ids = std::move(ids);
    Q_EMIT changed();
}

} // namespace twinhull
