// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/container_plan.h"

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_power.h"
#include "core/ipc/listened_ports.h"
#include "core/workload/plan_command.h"

#include <QCryptographicHash>

#include <sys/socket.h>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kPortsTried = 16; // where one of 127.0.0.1 is another program's of ::1

QString hexDigest(const QByteArray& bytes)
{
    return QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
}

/// Of the first address one that the kernel chooses, which must be free at the others too; else its errno.
int chooseFreePort(PublishedPort& port, std::vector<UniqueFd>& probes)
{
    const int type = port.protocol == PortProtocol::Udp ? SOCK_DGRAM : SOCK_STREAM;
    std::uint16_t number = 0;
    for (const auto& text : listenedAddresses(port.hostAddress.toStdString())) {
        auto address = socketAddressOf(IpAddress::parse(text).value_or(IpAddress()), number);
        const int probe = probes.emplace_back(::socket(address.family(), type | SOCK_CLOEXEC, 0)).fd();
        if (::bind(probe, address.raw(), address.size) != 0 || ::getsockname(probe, address.raw(), &address.size) != 0)
            return errno;
        number = address.port();
    }
    port.hostPort = number;
    return 0;
}

std::vector<PublishedPort> portsOf(const ComposeService& service, unsigned number)
{
    std::vector<PublishedPort> ports;
    for (const auto& port : service.ports) {
        const unsigned offset = port.hostLast > port.hostFirst ? number - 1 : 0;
        ports.push_back(
            { port.hostAddress, static_cast<std::uint16_t>(port.hostFirst + offset), port.inside, port.protocol });
    }
    return ports;
}

std::vector<Mount> mountsOf(
    const ComposeProject& project, const ComposeService& service, const QString& name, const DataFolders& folders)
{
    std::vector<Mount> mounts;
    for (const auto& mount : service.mounts) {
        const auto* volume = mount.kind == ServiceMount::Kind::Volume ? partOf(project.volumes, mount.source) : nullptr;
        const QString source = mount.kind == ServiceMount::Kind::Anonymous ? anonymousVolume(name, mount.target)
            : volume != nullptr                                            ? volume->name
                                                                           : mount.source;
        mounts.push_back({ source, mount.target, mount.readOnly });
    }
    for (const auto& each : service.configs) {
        if (const auto* file = partOf(project.configs, each.name))
            mounts.push_back(
                { file->path.isEmpty() ? contentPath(folders, project, *file) : file->path, each.target, true });
    }
    return mounts;
}

std::vector<SecretOption> secretsOf(const ComposeProject& project, const ComposeService& service)
{
    std::vector<SecretOption> secrets;
    for (const auto& each : service.secrets) {
        if (const auto* file = partOf(project.secrets, each.name))
            secrets.push_back({ file->secretName, each.target, each.uid, each.gid, each.mode });
    }
    return secrets;
}

/// All that a container is made with, as one text.
QByteArray wholeText(
    const ComposeProject& project, const ComposeService& service, const WorkloadPlan& plan, const QString& imageDigest)
{
    QStringList words = planCommand(plan, WorkloadKind::Container);
    words << imageDigest;
    for (const auto& each : service.secrets) {
        if (const auto* file = partOf(project.secrets, each.name))
            words << hexDigest(file->content);
    }
    for (const auto& each : service.configs) {
        if (const auto* file = partOf(project.configs, each.name))
            words << hexDigest(file->content);
    }
    return words.join(QChar(0)).toUtf8();
}

} // namespace

std::vector<WorkloadInfo> containersOf(const std::vector<WorkloadInfo>& all, const QString& project)
{
    std::vector<WorkloadInfo> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&project](const WorkloadInfo& info) {
        return info.id.kind == WorkloadKind::Container && !project.isEmpty() && projectOf(info) == project;
    });
    std::sort(some.begin(), some.end(), [](const WorkloadInfo& left, const WorkloadInfo& right) {
        const int order = QString::compare(serviceOf(left), serviceOf(right));
        return order == 0 ? numberOf(left) < numberOf(right) : order < 0;
    });
    return some;
}

QString containerName(const ComposeProject& project, const ComposeService& service, unsigned number)
{
    return service.containerName.isEmpty() ? QStringLiteral("%1-%2-%3").arg(project.name, service.name).arg(number)
                                           : service.containerName;
}

WorkloadPlan containerPlan(const ComposeProject& project, const ComposeService& service, unsigned number,
    const QString& imageDigest, const DataFolders& folders)
{
    WorkloadPlan plan = service.plan;
    plan.name = containerName(project, service, number);
    plan.source = ImageSource{ imageDigest };
    plan.ports = portsOf(service, number);
    plan.mounts = mountsOf(project, service, plan.name, folders);
    plan.files.secrets = secretsOf(project, service);
    for (const auto& network : service.networks) {
        const auto* definition = partOf(project.networks, network.network);
        if (definition == nullptr)
            continue;
        QStringList aliases{ service.name };
        for (const QString& alias : network.aliases) {
            if (!aliases.contains(alias))
                aliases << alias;
        }
        plan.networks.push_back({ definition->name, aliases, network.ipv4, network.ipv6 });
    }
    const QString hash = hexDigest(wholeText(project, service, plan, imageDigest));
    plan.labels.insert(kProjectLabel, project.name);
    plan.labels.insert(kServiceLabel, service.name);
    plan.labels.insert(kNumberLabel, QString::number(number));
    plan.labels.insert(kFileLabel, (QStringList{ project.file } + project.otherFiles).join(u','));
    if (!project.environmentFiles.isEmpty())
        plan.labels.insert(kEnvironmentFilesLabel, project.environmentFiles.join(u','));
    plan.labels.insert(kFolderLabel, project.folder);
    plan.labels.insert(kHashLabel, hash);
    if (!service.dependencies.empty()) // not in the digest: it is no other container for that
        plan.labels.insert(kDependenciesLabel, dependenciesText(service));
    return plan;
}

Result<> chooseFreePorts(std::vector<PublishedPort>& ports)
{
    std::vector<UniqueFd> probes; // all of them until the end: no two ports are the same
    for (auto& port : ports) {
        int failure = 0;
        for (int i = 0; i < kPortsTried && port.hostPort == 0; ++i)
            failure = chooseFreePort(port, probes);
        if (port.hostPort == 0)
            return Error::fromErrno(failure, "find a free port");
    }
    return {};
}

QString anonymousVolume(const QString& container, const QString& target)
{
    return container + u'_' + hexDigest(target.toUtf8()).left(12);
}

QString contentFolder(const DataFolders& folders, const QString& project)
{
    return QString::fromStdString(folders.data) + QStringLiteral("/compose/") + project;
}

QString contentPath(const DataFolders& folders, const ComposeProject& project, const ComposeFile& file)
{
    return contentFolder(folders, project.name) + QStringLiteral("/config-") + hexDigest(file.key.toUtf8()).left(16);
}

} // namespace twinhull
