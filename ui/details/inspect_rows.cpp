// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/inspect_rows.h"

#include "core/metrics/sample.h"
#include "core/workload/option_text.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/workload_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("InspectRows", text);
}

QString pidList(const std::vector<pid_t>& pids)
{
    QStringList texts;
    for (const pid_t pid : pids)
        texts << QString::number(pid);
    return texts.join(QStringLiteral(", "));
}

QString portList(const std::vector<PublishedPort>& ports)
{
    QStringList texts;
    for (const PublishedPort& port : ports)
        texts << QStringLiteral("%1 → %2/%3")
                     .arg(listenTexts(port).join(QStringLiteral(", ")))
                     .arg(port.workloadPort)
                     .arg(port.protocol == PortProtocol::Udp ? QStringLiteral("udp") : QStringLiteral("tcp"));
    return texts.join(QStringLiteral(", "));
}

QString capabilityList(Capabilities capabilities)
{
    static const std::pair<Capability, const char*> kNames[] = {
        { Capability::Start, QT_TRANSLATE_NOOP("InspectRows", "start") },
        { Capability::Stop, QT_TRANSLATE_NOOP("InspectRows", "stop") },
        { Capability::ForceOff, QT_TRANSLATE_NOOP("InspectRows", "force off") },
        { Capability::Pause, QT_TRANSLATE_NOOP("InspectRows", "pause") },
        { Capability::Resume, QT_TRANSLATE_NOOP("InspectRows", "resume") },
        { Capability::Remove, QT_TRANSLATE_NOOP("InspectRows", "delete") },
        { Capability::Logs, QT_TRANSLATE_NOOP("InspectRows", "log") },
        { Capability::Console, QT_TRANSLATE_NOOP("InspectRows", "console") },
        { Capability::Exec, QT_TRANSLATE_NOOP("InspectRows", "run a command inside") },
        { Capability::Checkpoint, QT_TRANSLATE_NOOP("InspectRows", "checkpoint") },
        { Capability::RestoreCheckpoint, QT_TRANSLATE_NOOP("InspectRows", "restore from its checkpoint") },
    };
    QStringList texts;
    for (const auto& [capability, name] : kNames) {
        if (capabilities.testFlag(capability))
            texts << tr(name);
    }
    return texts.join(QStringLiteral(", "));
}

QString markList(const WorkloadInfo& info)
{
    QStringList texts;
    for (const StartupMark& mark : info.startupMarks) {
        const auto since = mark.monotonicNanoseconds - info.startupMarks.front().monotonicNanoseconds;
        texts << mark.name + QStringLiteral(" +") + millisecondsText(static_cast<double>(since) / 1e6);
    }
    return texts.join(QStringLiteral(", "));
}

} // namespace

std::vector<std::pair<QString, QString>> inspectRows(const WorkloadInfo& info)
{
    const ResourceLimits& limits = info.limits;
    std::vector<std::pair<QString, QString>> rows{
        { tr("Id"), info.id.key },
        { tr("Kind"), kindText(info.id.kind) },
        { tr("Name"), info.name },
        { tr("State"), stateText(info) },
        { tr("Health check"), info.health ? healthText(*info.health) : QString() },
        { tr("Started again by itself"), info.restartCount > 0 ? QString::number(info.restartCount) : QString() },
        { tr("State, why"), info.stateReason },
        { tr("Image / OS"), info.image },
        { tr("Image digest"), info.imageDigest },
        { tr("Engine"), info.engine },
        { tr("Machine"), info.machine },
        { tr("Machine, why"), info.machineReason },
        { tr("Twin"), info.twinGroup },
        { tr("Can do now"), capabilityList(info.capabilities) },
        { tr("Memory limit"),
            limits.memoryBytes ? byteCountText(static_cast<double>(*limits.memoryBytes)) : QString() },
        { tr("CPU limit"), limits.cpus ? QLocale().toString(*limits.cpus) : QString() },
        { tr("Process limit"), limits.pids ? QString::number(*limits.pids) : QString() },
        { tr("Ports"), portList(info.ports) },
        { tr("Processes"), pidList(info.footprint.rootPids) },
        { tr("Helper processes"), pidList(info.footprint.helperPids) },
        { tr("Control group"), info.footprint.cgroupPath },
        { tr("Figures, note"), sentenceFor(needsOf(info.footprint.reach)) },
        { tr("Started"),
            info.startedAt.isValid() ? QLocale().toString(info.startedAt, QLocale::ShortFormat) : QString() },
        { tr("Checkpoint"),
            info.checkpointedAt.isValid() ? QLocale().toString(info.checkpointedAt, QLocale::ShortFormat) : QString() },
        { tr("Start-up"), markList(info) },
        { tr("Exit status"), info.exitStatus ? QString::number(*info.exitStatus) : QString() },
        { tr("Log file"), info.logPath },
    };
    for (auto& row : rows) {
        if (row.second.isEmpty())
            row.second = noFigureText();
    }
    return rows;
}

} // namespace twinhull
