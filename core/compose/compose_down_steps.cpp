// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_order.h"
#include "core/compose/compose_power.h"
#include "core/compose/compose_service.h"
#include "core/compose/compose_steps.h"
#include "core/compose/container_plan.h"
#include "core/networks/networks.h"
#include "core/workload/option_text.h"

#include <QDir>

#include <algorithm>

namespace twinhull {

namespace {

using DownKind = ComposeStep::Kind;

/// What depends on others first; services that are not in the file before all. Without a file the labels tell.
std::vector<WorkloadInfo> inOrderOfEnding(const ComposeProject& project, std::vector<WorkloadInfo> containers)
{
    if (project.services.empty())
        return inOrderOfStopping(containers, project.name);
    const QStringList order = startOrder(project).value();
    std::stable_sort(containers.begin(), containers.end(), [&order](const auto& left, const auto& right) {
        const auto place = [&order](const WorkloadInfo& info) {
            const auto at = order.indexOf(serviceOf(info));
            return at < 0 ? order.size() : at;
        };
        return place(left) > place(right);
    });
    return containers;
}

QStringList volumesOf(const ComposeProject& project, const std::vector<WorkloadInfo>& containers)
{
    QStringList names;
    for (const auto& volume : project.volumes) {
        if (!volume.isExternal)
            names << volume.name;
    }
    for (const auto& info : containers) {
        const auto* service = project.service(serviceOf(info));
        for (const auto& mount : service != nullptr ? service->mounts : std::vector<ServiceMount>()) {
            if (mount.kind == ServiceMount::Kind::Anonymous)
                names << anonymousVolume(info.name, mount.target);
        }
    }
    for (const auto& service : project.services) { // those of containers that are gone
        for (const auto& mount : service.mounts) {
            for (unsigned number = 1; mount.kind == ServiceMount::Kind::Anonymous && number <= kMostReplicas; ++number)
                names << anonymousVolume(containerName(project, service, number), mount.target);
        }
    }
    names.removeDuplicates();
    return names;
}

} // namespace

ComposeProject projectByLabels(const DataFolders& folders, const QString& name)
{
    ComposeProject project;
    project.name = name;
    const auto networks = listNetworks(folders);
    for (const auto& network : networks ? *networks : std::vector<NetworkInfo>()) {
        const auto label = network.definition.labels.find(kProjectLabel.toStdString());
        if (label == network.definition.labels.end() || label->second != name.toStdString())
            continue;
        ComposeNetwork own;
        own.name = QString::fromStdString(network.definition.name);
        project.networks.push_back(own);
    }
    return project;
}

std::vector<ComposeStep> downSteps(const ComposeProject& project, const DownWish& wish, const ComposeState& state)
{
    std::vector<WorkloadInfo> containers;
    for (const auto& info : inOrderOfEnding(project, containersOf(state.containers, project.name))) {
        const bool isOrphan = !project.services.empty() && project.service(serviceOf(info)) == nullptr;
        if (!isOrphan || wish.removesOrphans)
            containers.push_back(info);
    }
    std::vector<ComposeStep> steps;
    for (const auto& info : containers) {
        if (info.capabilities.testFlag(Capability::Stop))
            steps.push_back({ DownKind::Stop, info.name, {}, {}, {}, info.id });
    }
    for (const auto& info : containers)
        steps.push_back({ DownKind::Remove, info.name, {}, {}, {}, info.id });
    for (const auto& network : project.networks) {
        if (!network.isExternal && exists(state.folders.networks() + '/' + network.name.toStdString() + ".json"))
            steps.push_back({ DownKind::RemoveNetwork, network.name });
    }
    for (const QString& name : wish.removesVolumes ? volumesOf(project, containers) : QStringList()) {
        if (exists(state.folders.volumes() + '/' + name.toStdString()))
            steps.push_back({ DownKind::RemoveVolume, name });
    }
    const QString contents = contentFolder(state.folders, project.name);
    if (exists(contents.toStdString()))
        steps.push_back({ DownKind::RemoveContents, contents });
    const QDir secrets(QString::fromStdString(state.folders.secrets()));
    const QString prefix = composeSecretPrefix(project.name);
    for (const QString& name : secrets.entryList(QDir::Files | QDir::NoSymLinks, QDir::Name)) {
        if (name.startsWith(prefix) && checkSecretName(name))
            steps.push_back({ DownKind::RemoveSecret, name });
    }
    return steps;
}

QString stepText(const ComposeStep& step)
{
    switch (step.kind) {
    case DownKind::CreateNetwork:
        return trCompose("create network %1").arg(step.name);
    case DownKind::CreateVolume:
        return trCompose("create volume %1").arg(step.name);
    case DownKind::MakeFolder:
        return trCompose("make folder %1").arg(step.name);
    case DownKind::WriteContent:
        return trCompose("write %1").arg(step.name);
    case DownKind::StoreSecret:
        return trCompose("store secret %1").arg(step.name);
    case DownKind::SetAside:
        return trCompose("replace container %1").arg(step.name);
    case DownKind::Create:
        return trCompose("create container %1").arg(step.name);
    case DownKind::Start:
        return trCompose("start container %1").arg(step.name);
    case DownKind::Restart:
        return trCompose("restart container %1").arg(step.name);
    case DownKind::Await:
        return step.condition == StartCondition::Healthy ? trCompose("wait until %1 is healthy").arg(step.name)
                                                         : trCompose("wait until %1 has ended well").arg(step.name);
    case DownKind::Stop:
        return trCompose("stop container %1").arg(step.name);
    case DownKind::Remove:
        return trCompose("remove container %1").arg(step.name);
    case DownKind::RemoveNetwork:
        return trCompose("remove network %1").arg(step.name);
    case DownKind::RemoveVolume:
        return trCompose("remove volume %1, and what is in it").arg(step.name);
    case DownKind::RemoveContents:
        return trCompose("remove %1").arg(step.name);
    case DownKind::RemoveSecret:
        return trCompose("remove secret %1").arg(step.name);
    }
    return {};
}

} // namespace twinhull
