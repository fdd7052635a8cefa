// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_steps.h"

#include "core/base/files.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_order.h"
#include "core/compose/compose_service.h"
#include "core/compose/container_plan.h"
#include "core/volumes/secrets.h"

#include <QSet>

#include <algorithm>

namespace twinhull {

namespace {

using UpKind = ComposeStep::Kind;

const QString kAsideEnd = QStringLiteral(".old");
constexpr qsizetype kAsideStem = 58;

bool isAtRest(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Stopped || info.state == WorkloadState::Failed;
}

/// Finds out what `up` has to do.
class UpPlanning {
public:
    UpPlanning(const ComposeProject& project, const UpWish& wish, const ComposeState& state, bool guesses)
        : m_project(project)
        , m_wish(wish)
        , m_state(state)
        , m_guesses(guesses)
        , m_containers(containersOf(state.containers, project.name))
    {
    }

    Result<std::vector<ComposeStep>> plan()
    {
        const auto names = servicesOf(m_project, m_wish);
        if (!names)
            return names.error();
        for (auto planned : { planNetworks(*names), planVolumes(*names) }) {
            if (!planned)
                return std::move(planned).error();
        }
        for (const QString& name : *names) {
            if (auto planned = planService(*m_project.service(name)); !planned)
                return std::move(planned).error();
        }
        if (m_wish.waits && !m_wish.startsNothing)
            awaitAll(*names);
        if (m_wish.removesOrphans) {
            for (const auto& info : orphansOf(m_project, m_containers))
                removeLast(info);
        }
        m_steps.insert(m_steps.end(), m_last.begin(), m_last.end());
        return std::move(m_steps);
    }

private:
    /// Which of the top level's things the services use.
    template <typename Uses>
    QSet<QString> usedBy(const QStringList& names, Uses uses) const
    {
        QSet<QString> used;
        for (const QString& name : names)
            uses(*m_project.service(name), used);
        return used;
    }

    Result<> planNetworks(const QStringList& names)
    {
        const auto used = usedBy(names, [](const ComposeService& service, QSet<QString>& keys) {
            for (const auto& network : service.networks)
                keys.insert(network.network);
        });
        for (const auto& network : m_project.networks) {
            if (!used.contains(network.key)
                || exists(m_state.folders.networks() + '/' + network.name.toStdString() + ".json"))
                continue;
            if (network.isExternal)
                return Error{ ErrorCode::NotFound, "there is no network " + network.name.toStdString(), 0,
                    "Make it: twinhullctl network create " + network.name.toStdString() };
            ComposeStep step{ UpKind::CreateNetwork, network.name };
            step.network = network;
            step.content = m_project.name.toUtf8();
            m_steps.push_back(std::move(step));
        }
        return {};
    }

    Result<> planVolumes(const QStringList& names)
    {
        const auto used = usedBy(names, [](const ComposeService& service, QSet<QString>& keys) {
            for (const auto& mount : service.mounts) {
                if (mount.kind == ServiceMount::Kind::Volume)
                    keys.insert(mount.source);
            }
        });
        for (const auto& volume : m_project.volumes) {
            if (!used.contains(volume.key) || exists(m_state.folders.volumes() + '/' + volume.name.toStdString()))
                continue;
            if (volume.isExternal)
                return Error{ ErrorCode::NotFound, "there is no volume " + volume.name.toStdString(), 0,
                    "Make it: twinhullctl volume create " + volume.name.toStdString() };
            m_steps.push_back({ UpKind::CreateVolume, volume.name });
        }
        return {};
    }

    /// What the containers of a service mount must be there before they are made.
    void planFiles(const ComposeService& service)
    {
        for (const auto& mount : service.mounts) {
            const bool isWanted = mount.kind == ServiceMount::Kind::Folder && mount.isMade
                && !exists(mount.source.toStdString()) && !m_folders.contains(mount.source);
            if (isWanted)
                m_steps.push_back({ UpKind::MakeFolder, mount.source });
            m_folders.insert(mount.source);
        }
        for (const auto& each : service.configs) {
            const auto* file = partOf(m_project.configs, each.name);
            if (file == nullptr || !file->path.isEmpty())
                continue;
            ComposeStep step{ UpKind::WriteContent, contentPath(m_state.folders, m_project, *file) };
            step.content = file->content;
            if (!m_folders.contains(step.name))
                m_steps.push_back(step);
            m_folders.insert(step.name);
        }
    }

    /// The store has what the containers of a service get as files in memory; what it has already is left alone.
    Result<> planSecrets(const ComposeService& service)
    {
        for (const auto& each : service.secrets) {
            const auto* file = partOf(m_project.secrets, each.name);
            if (file == nullptr || m_secrets.contains(file->secretName))
                continue;
            m_secrets.insert(file->secretName);
            if (file->isExternal) {
                const auto found = requireSecret(m_state.folders.secrets(), file->secretName.toStdString());
                if (!found)
                    return found;
                continue;
            }
            const auto stored = readSecret(m_state.folders, file->secretName);
            if (stored && *stored == file->content.toStdString())
                continue;
            ComposeStep step{ UpKind::StoreSecret, file->secretName };
            step.content = file->content;
            m_steps.push_back(std::move(step));
        }
        return {};
    }

    /// What runs is asked to end: what it has not yet written would be lost.
    void removeLast(const WorkloadInfo& info)
    {
        if (info.capabilities.testFlag(Capability::Stop))
            m_last.push_back({ UpKind::Stop, info.name, {}, {}, {}, info.id });
        m_last.push_back({ UpKind::Remove, info.name, {}, {}, {}, info.id });
    }

    unsigned scaleOf(const ComposeService& service) const { return m_wish.scale.value(service.name, service.scale); }

    Result<> planService(const ComposeService& service)
    {
        const auto digest = m_state.imageDigest(service.image);
        if (!digest && !m_guesses)
            return Error{ ErrorCode::NotFound,
                "service " + service.name.toStdString() + ": there is no image " + service.image.toStdString(), 0,
                "Pull it: twinhullctl images pull " + service.image.toStdString() };
        planFiles(service);
        if (auto planned = planSecrets(service); !planned)
            return planned;
        const unsigned scale = scaleOf(service);
        for (const auto& dependency : service.dependencies) { // which are planned before it
            if (dependency.restarts && m_remade.contains(dependency.service))
                m_restarted.insert(service.name);
        }
        std::vector<ComposeStep> making;
        std::vector<ComposeStep> starting;
        for (unsigned number = 1; number <= scale; ++number)
            planContainer(containerPlan(m_project, service, number, digest.value_or(QString()), m_state.folders),
                making, starting);
        for (const auto& info : m_containers) {
            if (serviceOf(info) == service.name && (numberOf(info) > scale || numberOf(info) == 0))
                removeLast(info);
        }
        m_steps.insert(m_steps.end(), making.begin(), making.end());
        if (starting.empty() || m_wish.startsNothing)
            return {};
        awaitNeedsOf(service);
        m_steps.insert(m_steps.end(), starting.begin(), starting.end());
        return {};
    }

    /// By a run that was killed before it took it back, or removed it.
    static bool wasSetAside(const WorkloadInfo& info, const WorkloadPlan& plan)
    {
        return info.name != plan.name && info.name.endsWith(kAsideEnd);
    }

    bool isLeft(const WorkloadInfo& known, const WorkloadPlan& plan) const
    {
        if (m_wish.recreatesAll)
            return false;
        if (m_wish.recreatesNothing) // somebody may have given it another name
            return !wasSetAside(known, plan);
        return known.name == plan.name && known.labels.value(kHashLabel) == plan.labels[kHashLabel];
    }

    void planContainer(const WorkloadPlan& plan, std::vector<ComposeStep>& making, std::vector<ComposeStep>& starting)
    {
        const WorkloadInfo* known = nullptr;
        std::vector<const WorkloadInfo*> others; // of an earlier run that was killed
        for (const auto& info : m_containers) {
            if (serviceOf(info) != plan.labels[kServiceLabel]
                || info.labels.value(kNumberLabel) != plan.labels[kNumberLabel])
                continue;
            const WorkloadInfo* worse = &info;
            if (known == nullptr || info.name == plan.name || wasSetAside(*known, plan))
                std::swap(known, worse);
            if (worse != nullptr)
                others.push_back(worse);
        }
        for (const auto* other : others)
            removeLast(*other);
        if (known != nullptr && isLeft(*known, plan)) {
            if (isAtRest(*known))
                starting.push_back({ UpKind::Start, known->name, {}, {}, {}, known->id });
            else if (m_restarted.contains(serviceOf(*known)))
                starting.push_back({ UpKind::Restart, known->name, {}, {}, {}, known->id });
            return;
        }
        if (known != nullptr) {
            m_remade.insert(serviceOf(*known));
            making.push_back({ UpKind::SetAside, known->name, {}, {}, {}, known->id });
            m_last.push_back({ UpKind::Remove, known->name, {}, {}, {}, known->id });
        }
        ComposeStep create{ UpKind::Create, plan.name };
        create.plan = plan;
        making.push_back(std::move(create));
        starting.push_back({ UpKind::Start, plan.name });
    }

    QStringList namesOf(const ComposeService& service) const
    {
        QStringList names;
        for (unsigned number = 1; number <= scaleOf(service); ++number)
            names << containerName(m_project, service, number);
        return names;
    }

    QStringList namesHereOf(const ComposeService& service) const
    {
        QStringList names;
        for (const auto& info : m_containers) {
            const bool isLeftOver = info.name.endsWith(kAsideEnd) && !namesOf(service).contains(info.name);
            if (serviceOf(info) == service.name && !isLeftOver)
                names << info.name;
        }
        return names;
    }

    void awaitNeedsOf(const ComposeService& service)
    {
        for (const auto& dependency : service.dependencies) {
            const auto* needed = m_project.service(dependency.service);
            if (needed == nullptr || dependency.condition == StartCondition::Started)
                continue;
            ComposeStep step{ UpKind::Await, needed->name };
            step.awaited = m_wish.leavesOthers ? namesHereOf(*needed) : namesOf(*needed);
            step.condition = dependency.condition;
            step.isRequired = dependency.isRequired;
            if (!step.awaited.isEmpty())
                m_steps.push_back(std::move(step));
        }
    }

    void awaitAll(const QStringList& names)
    {
        for (const QString& name : names) {
            const auto* service = m_project.service(name);
            if (!service->plan.upkeep.health)
                continue;
            ComposeStep step{ UpKind::Await, name };
            step.awaited = namesOf(*service);
            step.condition = StartCondition::Healthy;
            m_steps.push_back(std::move(step));
        }
    }

    const ComposeProject& m_project;
    const UpWish& m_wish;
    const ComposeState& m_state;
    bool m_guesses;
    std::vector<WorkloadInfo> m_containers; ///< of the project
    std::vector<ComposeStep> m_steps;
    std::vector<ComposeStep> m_last; ///< when all went well
    QSet<QString> m_folders; ///< that were looked at
    QSet<QString> m_secrets; ///< too
    QSet<QString> m_remade; ///< services whose containers are replaced
    QSet<QString> m_restarted; ///< services that are to be started again for that
};

} // namespace

Result<QStringList> servicesOf(const ComposeProject& project, const UpWish& wish)
{
    auto names = chosenServices(project, wish.services, wish.profiles);
    if (names && wish.leavesOthers && !wish.services.isEmpty())
        names->erase(std::remove_if(names->begin(), names->end(),
                         [&wish](const QString& name) { return !wish.services.contains(name); }),
            names->end());
    return names;
}

QString asideName(const QString& name)
{
    return name.left(kAsideStem) + kAsideEnd;
}

Result<std::vector<ComposeStep>> upSteps(
    const ComposeProject& project, const UpWish& wish, const ComposeState& state, bool guesses)
{
    return UpPlanning(project, wish, state, guesses).plan();
}

std::vector<WorkloadInfo> orphansOf(const ComposeProject& project, const std::vector<WorkloadInfo>& containers)
{
    std::vector<WorkloadInfo> orphans;
    for (const auto& info : containersOf(containers, project.name)) {
        if (project.service(serviceOf(info)) == nullptr)
            orphans.push_back(info);
    }
    return orphans;
}

} // namespace twinhull
