// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/workload_text.h"

#include "core/workload/option_text.h"
#include "core/workload/workload_connection.h"

#include <QJsonArray>

#include <algorithm>

namespace twinhull {

namespace {

QJsonValue orNull(const QString& text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

template <typename T>
QJsonValue orNull(const std::optional<T>& value)
{
    return value ? QJsonValue(static_cast<double>(*value)) : QJsonValue();
}

QJsonArray portsJson(const std::vector<PublishedPort>& ports)
{
    QJsonArray array;
    for (const auto& port : ports)
        array.append(QJsonObject{
            { QStringLiteral("host_address"), port.hostAddress },
            { QStringLiteral("listens_at"), QJsonArray::fromStringList(listenTexts(port)) },
            { QStringLiteral("host_port"), port.hostPort },
            { QStringLiteral("workload_port"), port.workloadPort },
            { QStringLiteral("protocol"),
                port.protocol == PortProtocol::Udp ? QStringLiteral("udp") : QStringLiteral("tcp") },
        });
    return array;
}

QJsonObject labelsJson(const QMap<QString, QString>& labels)
{
    QJsonObject object;
    for (auto label = labels.begin(); label != labels.end(); ++label)
        object.insert(label.key(), label.value());
    return object;
}

QJsonObject limitsJson(const ResourceLimits& limits)
{
    return {
        { QStringLiteral("memory_bytes"), orNull(limits.memoryBytes) },
        { QStringLiteral("cpus"), orNull(limits.cpus) },
        { QStringLiteral("pids"), orNull(limits.pids) },
    };
}

QJsonValue startupJson(const WorkloadInfo& info)
{
    const auto nanoseconds = startupNanoseconds(info);
    return nanoseconds ? QJsonValue(static_cast<double>(*nanoseconds) / 1e6) : QJsonValue();
}

Error ambiguous(const std::string& name, bool isTwin)
{
    return Error{ ErrorCode::InvalidArgument, name + " names more than one workload", 0,
        isTwin ? "Add --kind container or --kind vm, or use: twinhullctl twin VERB " + name
               : "Add --kind container or --kind vm, or give its id." };
}

} // namespace

QString textOf(WorkloadKind kind)
{
    return kind == WorkloadKind::Vm ? QStringLiteral("vm") : QStringLiteral("container");
}

QString textOf(WorkloadState state)
{
    switch (state) {
    case WorkloadState::Unknown:
        return QStringLiteral("unknown");
    case WorkloadState::Creating:
        return QStringLiteral("creating");
    case WorkloadState::Stopped:
        return QStringLiteral("stopped");
    case WorkloadState::Starting:
        return QStringLiteral("starting");
    case WorkloadState::Running:
        return QStringLiteral("running");
    case WorkloadState::Paused:
        return QStringLiteral("paused");
    case WorkloadState::Stopping:
        return QStringLiteral("stopping");
    case WorkloadState::Failed:
        return QStringLiteral("failed");
    }
    return QStringLiteral("unknown");
}

QString stateText(const WorkloadInfo& info)
{
    if (info.restartAt.isValid()) {
        const auto left = std::max<qint64>(QDateTime::currentDateTime().msecsTo(info.restartAt), 0);
        return QStringLiteral("restarting in %1 s (%2.)").arg((left + 999) / 1000).arg(info.restartCount);
    }
    if (info.isCheckpointed && info.state == WorkloadState::Stopped)
        return QStringLiteral("checkpointed");
    QStringList more;
    if (info.health)
        more << QLatin1String(nameOf(*info.health));
    if (info.restartCount > 0)
        more << QStringLiteral("restarted %1x").arg(info.restartCount);
    return more.isEmpty() ? textOf(info.state) : textOf(info.state) + QStringLiteral(" (%1)").arg(more.join(u", "));
}

QString portsText(const std::vector<PublishedPort>& ports)
{
    QStringList texts;
    for (const auto& port : ports) {
        const QStringList places = listenTexts(port);
        texts << QStringLiteral("%1->%2%3")
                     .arg(places.size() == 1 ? places.front() : hostPortText(port))
                     .arg(port.workloadPort)
                     .arg(port.protocol == PortProtocol::Udp ? QStringLiteral("/udp") : QString());
    }
    return texts.join(u',');
}

QJsonObject toJson(const WorkloadInfo& info)
{
    return {
        { QStringLiteral("id"), info.id.key },
        { QStringLiteral("kind"), textOf(info.id.kind) },
        { QStringLiteral("name"), info.name },
        { QStringLiteral("connection"), orNull(connectionOf(info.id)) },
        { QStringLiteral("state"), textOf(info.state) },
        { QStringLiteral("state_reason"), orNull(info.stateReason) },
        { QStringLiteral("image"), orNull(info.image) },
        { QStringLiteral("image_digest"), orNull(info.imageDigest) },
        { QStringLiteral("engine"), orNull(info.engine) },
        { QStringLiteral("twin"), orNull(info.twinGroup) },
        { QStringLiteral("group"), orNull(info.group) },
        { QStringLiteral("ports"), portsJson(info.ports) },
        { QStringLiteral("labels"), labelsJson(info.labels) },
        { QStringLiteral("limits"), limitsJson(info.limits) },
        { QStringLiteral("startup_ms"), startupJson(info) },
        { QStringLiteral("started_at"),
            info.startedAt.isValid() ? QJsonValue(info.startedAt.toUTC().toString(Qt::ISODateWithMs)) : QJsonValue() },
        { QStringLiteral("exit_status"), orNull(info.exitStatus) },
        { QStringLiteral("log_path"), orNull(info.logPath) },
        { QStringLiteral("checkpointed"), info.isCheckpointed },
        { QStringLiteral("checkpointed_at"),
            info.checkpointedAt.isValid() ? QJsonValue(info.checkpointedAt.toUTC().toString(Qt::ISODateWithMs))
                                          : QJsonValue() },
        { QStringLiteral("restarts"), static_cast<double>(info.restartCount) },
        { QStringLiteral("restart_at"),
            info.restartAt.isValid() ? QJsonValue(info.restartAt.toUTC().toString(Qt::ISODateWithMs)) : QJsonValue() },
        { QStringLiteral("health"), info.health ? QJsonValue(QLatin1String(nameOf(*info.health))) : QJsonValue() },
    };
}

Result<std::optional<WorkloadKind>> kindFromText(const std::string& text)
{
    if (text.empty())
        return std::optional<WorkloadKind>();
    if (text == "container")
        return std::optional(WorkloadKind::Container);
    if (text == "vm")
        return std::optional(WorkloadKind::Vm);
    return Error{ ErrorCode::InvalidArgument, "--kind " + text + ": it is container or vm", 0, {} };
}

Result<WorkloadInfo> findOne(
    const WorkloadRegistry& registry, const QString& nameOrKey, std::optional<WorkloadKind> kind)
{
    const auto found = registry.findByName(nameOrKey, kind);
    const std::string name = nameOrKey.toStdString();
    if (found.empty())
        return Error{ ErrorCode::NotFound, "no workload is named " + name, 0,
            "See what exists with: twinhullctl list" };
    if (found.size() > 1)
        return ambiguous(name, !found.front().twinGroup.isEmpty());
    return found.front();
}

Result<std::vector<WorkloadInfo>> findEach(
    const WorkloadRegistry& registry, const std::vector<std::string>& namesOrKeys, std::optional<WorkloadKind> kind)
{
    std::vector<WorkloadInfo> all;
    for (const auto& name : namesOrKeys) {
        auto one = findOne(registry, QString::fromStdString(name), kind);
        if (!one)
            return std::move(one).error();
        all.push_back(*std::move(one));
    }
    return all;
}

} // namespace twinhull
