// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/workload_text.h"

#include "core/workload/option_text.h"
#include "ui/widgets/figure_text.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("WorkloadText", text);
}

} // namespace

QString kindText(WorkloadKind kind)
{
    return kind == WorkloadKind::Container ? tr("Container") : tr("VM");
}

QString stateText(WorkloadState state)
{
    switch (state) {
    case WorkloadState::Unknown:
        return tr("not answering");
    case WorkloadState::Creating:
        return tr("creating");
    case WorkloadState::Stopped:
        return tr("stopped");
    case WorkloadState::Starting:
        return tr("starting");
    case WorkloadState::Running:
        return tr("running");
    case WorkloadState::Paused:
        return tr("paused");
    case WorkloadState::Stopping:
        return tr("stopping");
    case WorkloadState::Failed:
        return tr("failed");
    }
    return {};
}

QString stateText(const WorkloadInfo& info)
{
    if (info.restartAt.isValid())
        return tr("restarting");
    if (info.isCheckpointed && info.state == WorkloadState::Stopped)
        return tr("saved"); // the tool tip says how
    return info.state == WorkloadState::Running && info.health == Health::Unhealthy ? tr("unhealthy")
                                                                                    : stateText(info.state);
}

QString healthText(Health health)
{
    switch (health) {
    case Health::Starting:
        return tr("not checked yet");
    case Health::Healthy:
        return tr("healthy");
    case Health::Unhealthy:
        return tr("unhealthy");
    }
    return {};
}

QString addressText(const PublishedPort& port)
{
    PublishedPort shown = port;
    if (port.hostAddress == u"127.0.0.1" || port.hostAddress == u"0.0.0.0")
        shown.hostAddress = QStringLiteral("localhost");
    else if (port.hostAddress == u"::")
        shown.hostAddress = QStringLiteral("::1");
    return hostPortText(shown);
}

QString urlText(const PublishedPort& port)
{
    return QStringLiteral("http://") + addressText(port);
}

const PublishedPort* webPort(const WorkloadInfo& info)
{
    const auto found = std::find_if(info.ports.begin(), info.ports.end(),
        [](const PublishedPort& port) { return port.protocol == PortProtocol::Tcp; });
    return found == info.ports.end() ? nullptr : &*found;
}

QString startupMarkText(const QString& markName)
{
    static const QHash<QString, QString> kTexts{
        { QStringLiteral("request"), tr("asked to start") },
        { QStringLiteral("unpack"), tr("layers in place") },
        { QStringLiteral("monitor"), tr("its monitor runs") },
        { QStringLiteral("created"), tr("created") },
        { QStringLiteral("namespaces"), tr("namespaces made") },
        { QStringLiteral("mounts"), tr("file systems mounted") },
        { QStringLiteral("network"), tr("network is up") },
        { QStringLiteral("exec"), tr("program executed") },
        { QStringLiteral("called"), tr("libvirt called") },
        { QStringLiteral("qemu"), tr("QEMU forked") },
        { QStringLiteral("resumed"), tr("guest resumed") },
        { QStringLiteral("kernel"), tr("guest kernel runs") },
        { QStringLiteral("init"), tr("guest's first process runs") },
        { QStringLiteral("modules"), tr("guest's drivers are loaded") },
        { QStringLiteral("root"), tr("guest's disks are mounted") },
        { QStringLiteral("ready"), tr("entrypoint's first instruction") },
    };
    return kTexts.value(markName, tr("another step (%1)").arg(markName));
}

QString uptimeText(const WorkloadInfo& info, const QDateTime& now)
{
    if (!info.startedAt.isValid())
        return {};
    return durationText(std::chrono::seconds(info.startedAt.secsTo(now)));
}

} // namespace twinhull
