// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/half_plan.h"

#include "core/base/text.h"

#include <QHostAddress>
#include <QTcpServer>

namespace twinhull {

std::optional<HttpWorkload> httpWorkFrom(const QString& text)
{
    const auto slash = text.indexOf(u'/');
    if (slash <= 0)
        return std::nullopt;
    const auto port = parsePort(text.left(slash).toStdString());
    if (!port)
        return std::nullopt;
    return HttpWorkload{ *port, text.mid(slash) };
}

std::optional<HttpWorkload> httpWorkOf(const ImageInfo& image)
{
    return httpWorkFrom(image.labels.value(QStringLiteral("org.twinhull.work.http")));
}

std::uint16_t workloadPortOf(const TwinPlan& plan, const ImageInfo& image)
{
    if (plan.workloadPort != 0)
        return plan.workloadPort;
    if (const auto work = httpWorkOf(image))
        return work->port;
    for (const auto& exposed : image.exposedPorts) { // "8080/tcp"; without a protocol it is TCP (image-spec config.md)
        const auto parts = exposed.split(u'/');
        const auto port = parsePort(parts.front().toStdString());
        if (port && (parts.size() == 1 || parts[1] == u"tcp"))
            return *port;
    }
    return 0;
}

Result<std::uint16_t> freeLoopbackPort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        return Error{ ErrorCode::Unavailable, "find a free port: " + server.errorString().toStdString(), 0, {} };
    return server.serverPort();
}

Result<WorkloadPlan> halfPlan(const TwinPlan& plan, const ImageInfo& image, WorkloadKind kind)
{
    WorkloadPlan half;
    half.name = plan.name;
    half.source = ImageSource{ image.digest };
    half.command = plan.command;
    half.environment = plan.environment;
    half.limits = plan.limits;
    half.pinnedCpus = plan.pinnedCpus;
    half.twinGroup = plan.name;
    if (kind == WorkloadKind::Vm)
        setMachineChoice(half.labels, plan.machine);
    if (const auto workloadPort = workloadPortOf(plan, image); workloadPort != 0) {
        const auto hostPort = freeLoopbackPort();
        if (!hostPort)
            return hostPort.error();
        half.ports.push_back({ QStringLiteral("127.0.0.1"), *hostPort, workloadPort });
    }
    return half;
}

} // namespace twinhull
