// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/startup_bar.h"

#include <QCoreApplication>
#include <QHash>

#include <cmath>

namespace twinhull {

namespace {

QString trBar(const char* text)
{
    return QCoreApplication::translate("StartupBar", text);
}

/// What went on until that mark, in a word.
QString nameOfPhase(const QString& markName)
{
    static const QHash<QString, QString> kNames{
        { QStringLiteral("unpack"), trBar("unpack") },
        { QStringLiteral("monitor"), trBar("monitor") },
        { QStringLiteral("created"), trBar("create") },
        { QStringLiteral("namespaces"), trBar("namespaces") },
        { QStringLiteral("mounts"), trBar("mounts") },
        { QStringLiteral("network"), trBar("network") },
        { QStringLiteral("exec"), trBar("exec") },
        { QStringLiteral("define"), trBar("define") },
        { QStringLiteral("called"), trBar("prepare") },
        { QStringLiteral("qemu"), trBar("libvirt") },
        { QStringLiteral("resumed"), trBar("QEMU") },
        { QStringLiteral("kernel"), trBar("firmware") },
        { QStringLiteral("init"), trBar("kernel") },
        { QStringLiteral("modules"), trBar("drivers") },
        { QStringLiteral("root"), trBar("disks") },
        { QStringLiteral("ready"), trBar("entrypoint") },
    };
    return kNames.value(markName, trBar("other"));
}

} // namespace

QString phaseName(const QString& markName, const RunFigures& run)
{
    const bool isBoth = markName == u"kernel" && !hasMark(run.marks, u"resumed");
    return isBoth ? trBar("QEMU and firmware") : nameOfPhase(markName);
}

std::vector<StartupSegment> startupSegments(const RunFigures& run)
{
    std::vector<StartupSegment> segments;
    if (const auto once = run.definitionMilliseconds; once && *once > 0)
        segments.push_back({ QStringLiteral("define"), -*once, *once });
    if (run.marks.empty())
        return segments;
    const auto marks = phaseMarks(run.marks);
    const auto request = run.marks.front().monotonicNanoseconds;
    auto previous = request;
    for (std::size_t i = 1; i < marks.size(); ++i) {
        const auto& mark = marks[i];
        if (mark.monotonicNanoseconds < previous)
            continue;
        segments.push_back({ mark.name, static_cast<double>(previous - request) / 1e6,
            static_cast<double>(mark.monotonicNanoseconds - previous) / 1e6 });
        previous = mark.monotonicNanoseconds;
        if (mark.name == u"ready")
            break;
    }
    return segments;
}

RunFigures startupOf(const WorkloadInfo& info)
{
    RunFigures run;
    if (const auto startup = startupNanoseconds(info))
        run.startupMilliseconds = Figure::of(static_cast<double>(*startup) / 1e6);
    run.marks = info.startupMarks;
    if (info.definitionNanoseconds)
        run.definitionMilliseconds = static_cast<double>(*info.definitionNanoseconds) / 1e6;
    return run;
}

const RunFigures* medianStartup(const HullFigures& half)
{
    const Figure median = half.median(&RunFigures::startupMilliseconds);
    const RunFigures* nearest = nullptr;
    double smallest = 0;
    for (const auto& run : half.runs) {
        if (!median.value || !run.startupMilliseconds.value)
            continue;
        const double distance = std::fabs(*run.startupMilliseconds.value - *median.value);
        if (nearest == nullptr || distance < smallest) {
            nearest = &run;
            smallest = distance;
        }
    }
    return nearest;
}

} // namespace twinhull
